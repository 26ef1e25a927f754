// @ts-check
/** @import { Box, Contract } from '../gradlens/dist/index.js' */

/** The gray beside a letterboxed picture, as the package has it. */
const LETTERBOX = 'rgb(114 114 114)';

/**
 * Draws a picture as a network gets it: fitted, cut and squeezed, its channels in the network's order.
 * @param {HTMLCanvasElement} canvas
 * @param {ImageData} pixels
 * @param {Contract} contract
 */
export function drawPreview(canvas, pixels, contract) {
  const photo = new OffscreenCanvas(pixels.width, pixels.height);
  photo.getContext('2d')?.putImageData(pixels, 0, 0);
  const { area, width, height } = seen(pixels, contract);
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return;
  context.fillStyle = LETTERBOX;
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  const [across, down] = [width / area.width, height / area.height];
  context.drawImage(photo, -area.x * across, -area.y * down, pixels.width * across, pixels.height * down);
  const drawn = context.getImageData(0, 0, width, height);
  reorder(drawn.data, contract.channels);
  context.putImageData(drawn, 0, 0);
}

/**
 * What of a picture a network sees, in pixels of the picture, and at which size.
 * @param {{ width: number, height: number }} picture
 * @param {Contract} contract
 * @returns {{ area: Box, width: number, height: number }}
 */
function seen(picture, { width, height, resize }) {
  const [kind, number] = resize.split(' ');
  const whole = { x: 0, y: 0, width: picture.width, height: picture.height };
  if (kind === 'fit') {
    const short = Math.min(width, height);
    const scale = short / Math.min(picture.width, picture.height);
    const side = (/** @type {number} */ length) => Math.min(4 * short, Math.max(1, Math.round((length * scale) / Number(number))) * Number(number));
    return { area: whole, width: side(picture.width), height: side(picture.height) };
  }
  if (kind === 'squash') return { area: whole, width, height };
  const aspect = width / height;
  const isWide = picture.width / picture.height > aspect;
  // The largest part of the input's aspect, or the smallest around the picture.
  const bySide = (kind === 'letterbox') === isWide;
  const share = kind === 'crop' ? Number(number) : 1;
  const part = bySide
    ? { width: share * picture.width, height: (share * picture.width) / aspect }
    : { width: share * picture.height * aspect, height: share * picture.height };
  return { area: { x: (picture.width - part.width) / 2, y: (picture.height - part.height) / 2, ...part }, width, height };
}

/**
 * Shows channels in the places in which the network takes them for red, green and blue.
 * @param {Uint8ClampedArray} data
 * @param {Contract['channels']} channels
 */
function reorder(data, channels) {
  for (let i = 0; i < data.length; i += 4) {
    const [red, green, blue] = data.subarray(i, i + 3);
    if (channels === 'bgr') data.set([blue, green, red], i);
    else if (channels === 'gray') data.fill(0.299 * red + 0.587 * green + 0.114 * blue, i, i + 3);
  }
}
