// @ts-check
import { words } from './words.js';

// The network sees a few hundred pixels a side, so 1600 are for the eye. A 48-megapixel photo is
// 192 MB once decoded: it is made this small where it is decoded, and that happens in a worker, so
// that neither the page nor the map's canvas ever holds the full one.
const LONG_SIDE = 1600;

/**
 * Decodes a picture file, upright as its EXIF data says, with a long side of at most 1600 pixels.
 * @param {Blob} file
 * @param {string} [name] how to call it in the message, if it is no picture
 * @returns {Promise<ImageData>}
 */
export function decode(file, name) {
  return new Promise((resolve, reject) => {
    // One worker per picture: ending it gives the memory of a big one back at once.
    const worker = new Worker(new URL('./picture-worker.js', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }) => {
      worker.terminate();
      if (data.buffer) resolve(new ImageData(new Uint8ClampedArray(data.buffer), data.width, data.height));
      else reject(new Error(name ? words.errors.notReadable(name) : words.errors.fileNotReadable));
    };
    worker.onerror = () => {
      worker.terminate();
      reject(new Error(words.errors.reader));
    };
    worker.postMessage({ file, longSide: LONG_SIDE });
  });
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
