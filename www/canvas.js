// @ts-check

/**
 * Makes a canvas show these pixels, at their size.
 * @template {HTMLCanvasElement | OffscreenCanvas} Canvas
 * @param {Canvas} canvas
 * @param {ImageData} pixels
 * @returns {Canvas} the same
 */
export function draw(canvas, pixels) {
  if (canvas.width !== pixels.width) canvas.width = pixels.width;
  if (canvas.height !== pixels.height) canvas.height = pixels.height;
  /** @type {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D | null} */
  const context = canvas.getContext('2d');
  context?.putImageData(pixels, 0, 0);
  return canvas;
}
