// @ts-check
/** @import { Reading } from './picture-worker.js' */
import { draw } from './drawing.js';
import { number } from './format.js';
import { words } from './words.js';

// The network sees a few hundred pixels a side, so 1600 are for the eye. A 48-megapixel photo is
// 192 MB once decoded: it is made this small where it is decoded, and that happens in a worker, so
// that neither the page nor the map's canvas ever holds the full one.
const LONG_SIDE = 1600;

/**
 * A picture as the network is given it.
 * @typedef {object} Picture
 * @property {ImageData} pixels upright, of a long side of at most 1600, and opaque
 * @property {readonly string[]} notes in what it differs from its file, in words
 */

/**
 * Decodes a picture file.
 * @param {Blob} file
 * @param {string} [name] how to call it in the message, if it cannot be read
 * @returns {Promise<Picture>}
 */
export async function decode(file, name) {
  const { errors, pictures } = words;
  const it = name ? errors.file(name) : errors.thisFile;
  const reading = await readInWorker(file);
  if ('refused' in reading) throw new Error(inWords(it, file.type, reading));
  const { pixels, transparent, frames } = 'drawing' in reading ? { ...await drawn(file, it), frames: 1 } : reading;
  const notes = [];
  if (frames !== 1) notes.push(pictures.firstFrame(frames));
  if (transparent) notes.push(pictures.onWhite);
  return { pixels, notes };
}

/**
 * @param {Blob} file
 * @returns {Promise<Reading>}
 */
function readInWorker(file) {
  return new Promise((resolve, reject) => {
    // One worker per picture: ending it gives the memory of a big one back at once.
    const worker = new Worker(new URL('./picture-worker.js', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }) => {
      worker.terminate();
      resolve(data);
    };
    worker.onerror = () => {
      worker.terminate();
      reject(new Error(words.errors.reader));
    };
    worker.postMessage({ file, longSide: LONG_SIDE });
  });
}

/**
 * @param {Blob} file
 * @param {string} it what to call it
 */
function drawn(file, it) {
  return draw(file).catch((cause) => {
    throw new Error(words.errors.refused.damaged({ it, kind: 'SVG' }), { cause });
  });
}

/**
 * @param {string} it what to call the file
 * @param {string} type
 * @param {Extract<Reading, { refused: unknown }>} reading
 */
function inWords(it, type, { refused, looks }) {
  const said = words.errors.refused[refused];
  if (typeof said === 'string') return said;
  return said({ it, type, kind: looks?.kind ?? '', width: number(looks?.width ?? 0), height: number(looks?.height ?? 0) });
}

/**
 * Fetches a picture file of this site.
 * @param {string} url
 * @param {string} name
 * @returns {Promise<Blob>}
 */
export async function download(url, name) {
  const failed = new Error(words.errors.sample(name));
  const response = await fetch(url).catch(() => { throw failed; });
  if (!response.ok) throw failed;
  return response.blob();
}
