// @ts-check
/** @import { Looks } from './picture-file.js' */
import { countFrames, lookAt, readEverywhere } from './picture-file.js';
import { canvasLies, readPixels } from './pixels.js';

/**
 * What became of a file: its pixels; or that it is a drawing, which only a page can draw; or why there
 * are none.
 * @typedef {{ pixels: ImageData, transparent: boolean, frames: number }
 *   | { drawing: true }
 *   | { refused: Refusal, looks?: Looks }} Reading
 */

/** @typedef {'unreadable' | 'empty' | 'noPicture' | 'tooLarge' | 'heic' | 'format' | 'damaged' | 'noise'} Refusal */

/** More than this are not decoded: it is 1 GB, and a file of a few bytes may claim it. */
const MOST_PIXELS = 2 ** 28;

/** From this on a picture that does not decode may be too large for the browser. */
const MANY_PIXELS = 2 ** 26;

/** Enough for what stands before the size in a JPEG, and before the pixels in a PNG. */
const HEAD = 2 ** 20;

onmessage = async ({ data: { file, longSide } }) => {
  const reading = await read(file, longSide);
  postMessage(reading, { transfer: 'pixels' in reading ? [reading.pixels.data.buffer] : [] });
};

/**
 * @param {Blob} file
 * @param {number} longSide
 * @returns {Promise<Reading>}
 */
async function read(file, longSide) {
  const head = await bytesOf(file.slice(0, HEAD)).catch(() => null);
  if (!head) return { refused: 'unreadable' };
  if (head.length === 0) return { refused: 'empty' };
  const looks = lookAt(head);
  const lies = canvasLies();
  if (looks.kind === 'SVG') return lies ? { refused: 'noise' } : { drawing: true };
  // A folder may hold anything; what says that it is something else need not be tried.
  if (!looks.kind && file.type && !file.type.startsWith('image/')) return { refused: 'noPicture' };
  const size = looks.width * looks.height;
  if (size > MOST_PIXELS) return { refused: 'tooLarge', looks };
  try {
    if (lies) return await readByPackage(file, longSide);
    const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const whole = ['GIF', 'WebP'].includes(looks.kind) ? await bytesOf(file) : head;
    const picture = readPixels(bitmap, bitmap, longSide);
    bitmap.close();
    return { ...picture, frames: countFrames(looks.kind, whole) };
  } catch (error) {
    const needsCanvas = onlyOfBrowsers.has(looks.kind) || Object(error).code === 'runtime-unavailable';
    return { refused: lies && needsCanvas ? 'noise' : why(looks.kind, size), looks };
  }
}

/** What the package does not decode, and most browsers do. */
const onlyOfBrowsers = new Set(['AVIF', 'ICO']);

/**
 * The same where canvases lie: the package decodes files without one.
 * @param {Blob} file
 * @param {number} maxSide
 * @returns {Promise<Reading>}
 */
async function readByPackage(file, maxSide) {
  const { readPicture } = await import('./gradlens/dist/index.js');
  const on = (/** @type {number} */ level) => readPicture(file, { maxSide, background: [level, level, level] });
  const [onWhite, onBlack] = [await on(255), await on(0)];
  const { data, width, height, frames } = onWhite;
  const transparent = data.some((value, at) => value !== onBlack.data[at]);
  return { pixels: new ImageData(data, width, height), transparent, frames };
}

/** @param {Blob} file */
async function bytesOf(file) {
  return new Uint8Array(await file.arrayBuffer());
}

/**
 * Why a picture does not decode.
 * @param {string} kind
 * @param {number} size
 * @returns {Refusal}
 */
function why(kind, size) {
  if (!kind) return 'noPicture';
  if (kind === 'HEIC') return 'heic';
  if (!readEverywhere.has(kind)) return 'format';
  return size > MANY_PIXELS ? 'tooLarge' : 'damaged';
}
