// @ts-check
import { readPixels } from './pixels.js';

// A drawing has no pixels of its own: it is drawn as large as a photo is seen well.
const LONG_SIDE = 1024;

/**
 * Draws an SVG file. As an image it runs no script and loads nothing from elsewhere.
 * @param {Blob} file
 */
export async function draw(file) {
  const { documentElement: drawing } = new DOMParser().parseFromString(await file.text(), 'image/svg+xml');
  if (!(drawing instanceof SVGSVGElement)) throw new Error('not a drawing');
  giveSize(drawing);
  const address = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(drawing)], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const scale = LONG_SIDE / Math.max(image.naturalWidth, image.naturalHeight);
    const side = (/** @type {number} */ length) => Math.max(1, Math.round(scale * length));
    return readPixels(image, { width: side(image.naturalWidth), height: side(image.naturalHeight) });
  } finally {
    URL.revokeObjectURL(address);
  }
}

/**
 * Gives a drawing that fits itself to its place a size of its own, without which some browsers draw nothing.
 * @param {SVGSVGElement} drawing
 */
function giveSize(drawing) {
  const sides = [drawing.width, drawing.height];
  if (sides.every(({ baseVal }) => baseVal.unitType !== SVGLength.SVG_LENGTHTYPE_PERCENTAGE)) return;
  // Null in Firefox, and all zero elsewhere, where there is none.
  const { width, height } = drawing.viewBox.baseVal ?? {};
  drawing.setAttribute('width', String(width || 300));
  drawing.setAttribute('height', String(height || 150));
}
