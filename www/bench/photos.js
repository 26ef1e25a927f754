// @ts-check
import { words } from '../words.js';
import { download } from '../picture.js';
import { samples } from '../samples.js';

/**
 * The first sample photos as squares. A picture that was seen before is not run through the network
 * again, so each measure needs new ones.
 * @param {number} count
 * @param {number} size a side in pixels
 * @returns {Promise<ImageData[]>}
 */
export function squares(count, size) {
  return Promise.all(samples.slice(0, count).map(async ({ file, title }) => {
    const photo = await download(`samples/${file}`, title);
    const bitmap = await createImageBitmap(photo, { resizeWidth: size, resizeHeight: size, resizeQuality: 'high' });
    const context = new OffscreenCanvas(size, size).getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error(words.errors.reader);
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    return context.getImageData(0, 0, size, size);
  }));
}
