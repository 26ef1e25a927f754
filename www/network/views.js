// @ts-check
/** @import { Picture } from '../gradlens/dist/index.js' */

// Views of a picture that show the same: what a network sees in one it should see in the others.

/** The share of each side that a part of a picture has. */
const SHARE = 0.85;

/**
 * A picture, its mirror image, and its upper left and lower right parts, which overlap.
 * @param {Picture} picture
 * @returns {Picture[]}
 */
export function viewsOf(picture) {
  const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(SHARE * side)));
  return [
    picture,
    mirrored(picture),
    part(picture, 0, 0, width, height),
    part(picture, picture.width - width, picture.height - height, width, height),
  ];
}

/**
 * @param {Picture} picture
 * @returns {Picture}
 */
export function mirrored(picture) {
  const { width, height } = picture;
  const pixels = new Uint32Array(pixelsOf(picture));
  for (let y = 0; y < height; y++) pixels.subarray(y * width, (y + 1) * width).reverse();
  return { data: new Uint8ClampedArray(pixels.buffer), width, height };
}

/**
 * @param {Picture} picture
 * @param {number} left
 * @param {number} top
 * @param {number} width
 * @param {number} height
 * @returns {Picture}
 */
function part(picture, left, top, width, height) {
  const from = pixelsOf(picture);
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    const start = (top + y) * picture.width + left;
    pixels.set(from.subarray(start, start + width), y * width);
  }
  return { data: new Uint8ClampedArray(pixels.buffer), width, height };
}

/**
 * A number for each pixel.
 * @param {Picture} picture
 */
function pixelsOf({ data, width, height }) {
  return new Uint32Array(data.buffer, data.byteOffset, width * height);
}
