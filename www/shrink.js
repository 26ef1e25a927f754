// @ts-check

/**
 * The pixels of a picture, with a long side of at most so many.
 * @param {CanvasImageSource} picture
 * @param {{ width: number, height: number }} size its own
 * @param {number} longSide
 * @returns {ImageData}
 */
export function shrink(picture, { width, height }, longSide) {
  const scale = Math.min(1, longSide / Math.max(width, height));
  const [toWidth, toHeight] = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
  // In halves: a pixel of Firefox's and WebKit's is the mean of four, however many more it stands for.
  while (width > 2 * toWidth) {
    [width, height] = [Math.ceil(width / 2), Math.ceil(height / 2)];
    picture = drawn(picture, width, height).canvas;
  }
  return drawn(picture, toWidth, toHeight).getImageData(0, 0, toWidth, toHeight);
}

/**
 * @param {CanvasImageSource} picture
 * @param {number} width
 * @param {number} height
 */
function drawn(picture, width, height) {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no 2d context');
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, width, height);
  return context;
}
