// @ts-check

/**
 * Makes a canvas show these pixels, at their size.
 * @param {HTMLCanvasElement} canvas
 * @param {ImageData} pixels
 */
export function draw(canvas, pixels) {
  if (canvas.width !== pixels.width) canvas.width = pixels.width;
  if (canvas.height !== pixels.height) canvas.height = pixels.height;
  canvas.getContext('2d')?.putImageData(pixels, 0, 0);
}
