// @ts-check
/** @import { Photo } from './job.js' */
/** @import { Sample } from './samples.js' */
import { decode, download } from './picture.js';
import { words } from './words.js';

/**
 * @param {Sample} sample
 * @param {number | null} [classIdx] the class to explain; null is the likeliest
 * @returns {Photo}
 */
export function samplePhoto({ id, file, title, author, licence }, classIdx = null) {
  const picture = download(`samples/${file}`, title).then((blob) => decode(blob, title));
  return { name: title, credit: words.status.credit(author, licence), sample: id, picture, classes: null, classIdx };
}

/**
 * @param {File} file the visitor's own
 * @returns {Photo}
 */
export function ownPhoto(file) {
  const name = file.name || words.stage.yourPhoto;
  return { name, credit: name, sample: null, picture: decode(file, name), classes: null, classIdx: null };
}

/**
 * @param {ImageData} pixels what the camera saw
 * @returns {Photo}
 */
export function cameraPhoto(pixels) {
  const { photo, credit } = words.camera;
  return { name: photo, credit, sample: null, picture: Promise.resolve({ pixels, notes: [] }), classes: null, classIdx: null };
}
