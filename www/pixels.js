// @ts-check

/** What the network is given of a picture that lets through what lies under it. */
const GROUND = '#fff';

/**
 * The pixels of a picture, with a long side of at most so many, on white where it is transparent.
 * @param {CanvasImageSource} picture
 * @param {{ width: number, height: number }} size its own
 * @param {number} [longSide]
 */
export function readPixels(picture, { width, height }, longSide = Infinity) {
  const scale = Math.min(1, longSide / Math.max(width, height));
  const [toWidth, toHeight] = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
  // In halves: a pixel of Firefox's and WebKit's is the mean of four, however many more it stands for.
  while (width > 2 * toWidth) {
    [width, height] = [Math.ceil(width / 2), Math.ceil(height / 2)];
    picture = drawn(picture, width, height).canvas;
  }
  const context = drawn(picture, toWidth, toHeight);
  const pixels = context.getImageData(0, 0, toWidth, toHeight);
  if (isOpaque(pixels)) return { pixels, transparent: false };
  context.globalCompositeOperation = 'destination-over';
  context.fillStyle = GROUND;
  context.fillRect(0, 0, toWidth, toHeight);
  return { pixels: context.getImageData(0, 0, toWidth, toHeight), transparent: true };
}

/**
 * Whether the browser hands out other pixels than a canvas holds, as some do against tracking. Those that
 * change a value here and there by one change no map.
 */
export function canvasLies() {
  const known = new ImageData(16, 16);
  for (let i = 0; i < known.data.length; i++) known.data[i] = i % 4 === 3 ? 255 : (37 * i) % 256;
  const context = contextOf(16, 16);
  context.putImageData(known, 0, 0);
  return context.getImageData(0, 0, 16, 16).data.some((value, i) => Math.abs(value - known.data[i]) > 2);
}

/**
 * @param {number} width
 * @param {number} height
 */
function contextOf(width, height) {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no 2d context');
  return context;
}

/**
 * @param {CanvasImageSource} picture
 * @param {number} width
 * @param {number} height
 */
function drawn(picture, width, height) {
  const context = contextOf(width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, width, height);
  return context;
}

/** @param {ImageData} pixels */
function isOpaque({ data }) {
  for (let i = 3; i < data.length; i += 4) if (data[i] < 255) return false;
  return true;
}
