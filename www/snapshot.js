// @ts-check
import { draw } from './canvas.js';
import { byId } from './dom.js';
import { canvasLies } from './pixels.js';
import { words } from './words.js';

/**
 * The stage as a PNG at the photo's size: the photo and what lies over it, tags included.
 * @param {ImageData | null} map of the photo's size
 * @returns {Promise<Blob>}
 */
export async function snapshot(map) {
  // What it would write is noise.
  if (canvasLies()) throw new Error(words.errors.refused.noise);
  const photo = byId('picture', HTMLCanvasElement);
  const marks = byId('marks', HTMLElement);
  const { width, height } = photo;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2d context');
  context.fillStyle = '#000';
  context.fillRect(0, 0, width, height);
  context.drawImage(photo, 0, 0);
  if (marks.hasChildNodes()) holdBackColours(context, width, height);
  if (map) context.drawImage(draw(new OffscreenCanvas(width, height), map), 0, 0);
  const whole = marks.getBoundingClientRect();
  context.setTransform(new DOMMatrix().scale(width / whole.width).translate(-whole.x, -whole.y));
  for (const tag of marks.querySelectorAll('.mark')) paintTag(context, tag);
  return canvas.convertToBlob();
}

/**
 * As css/objects.css does with the photo under objects.
 * @param {OffscreenCanvasRenderingContext2D} context
 * @param {number} width
 * @param {number} height
 */
function holdBackColours(context, width, height) {
  context.save();
  context.globalCompositeOperation = 'saturation';
  context.globalAlpha = 0.8;
  context.fillRect(0, 0, width, height);
  context.restore();
}

/**
 * @param {OffscreenCanvasRenderingContext2D} context
 * @param {Element} tag
 */
function paintTag(context, tag) {
  const { x, y, width, height } = tag.getBoundingClientRect();
  const { backgroundColor, color, fontWeight, fontSize, fontFamily, paddingLeft } = getComputedStyle(tag);
  const inset = parseFloat(paddingLeft);
  context.fillStyle = backgroundColor;
  context.fillRect(x, y, width, height);
  context.fillStyle = color;
  context.font = `${fontWeight} ${fontSize} ${fontFamily}`;
  context.textBaseline = 'middle';
  context.fillText(tag.textContent ?? '', x + inset, y + height / 2, width - 2 * inset);
}
