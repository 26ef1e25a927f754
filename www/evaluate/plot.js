// @ts-check
import { wholePercent } from '../format.js';
import { svg } from './svg.js';

let plots = 0;

/**
 * Keeps a plot as wide as its place, so that its text has the size of the page's.
 * @param {HTMLElement} place
 * @returns {(draw: (width: number) => SVGSVGElement) => void} shows another plot
 */
export function createPlot(place) {
  /** @type {((width: number) => SVGSVGElement) | null} */
  let draw = null;
  const paint = () => {
    if (draw && place.clientWidth > 0) place.replaceChildren(draw(place.clientWidth));
  };
  new ResizeObserver(paint).observe(place);
  return (next) => {
    draw = next;
    paint();
  };
}

/**
 * An empty plot that says in words what it shows.
 * @param {number} width
 * @param {number} height
 * @param {string} title
 * @param {string} words
 */
export function blank(width, height, title, words) {
  const id = `plot-${++plots}`;
  return svg('svg', { width, height, role: 'img', 'aria-labelledby': `${id}-title ${id}-words` },
    svg('title', { id: `${id}-title` }, title),
    svg('desc', { id: `${id}-words` }, words));
}

/**
 * Where a plot's data lies, in pixels.
 * @typedef {{ left: number, right: number, top: number, bottom: number }} Area
 */

/**
 * The grid and the numbers of a horizontal axis from 0 to 100 %.
 * @param {Area} area
 * @param {string} title
 */
export function horizontalAxis({ left, right, top, bottom }, title) {
  const step = right - left < 480 ? 0.25 : 0.1;
  const axis = svg('g', { class: 'axis' });
  for (let i = 0; i <= Math.round(1 / step); i++) {
    const x = left + (right - left) * i * step;
    axis.append(
      svg('path', { class: 'grid', d: `M${x} ${top}V${bottom}` }),
      svg('text', { x, y: bottom + 16, 'text-anchor': 'middle' }, wholePercent(i * step)));
  }
  axis.append(svg('text', { x: (left + right) / 2, y: bottom + 34, 'text-anchor': 'middle' }, title));
  return axis;
}

/**
 * The grid and the numbers of a vertical axis from 0 to `most`.
 * @param {Area} area
 * @param {number} most a multiple of a fifth
 */
export function verticalAxis({ left, right, top, bottom }, most) {
  const axis = svg('g', { class: 'axis' });
  for (let value = 0; value < most + 0.01; value += 0.2) {
    const y = bottom - (bottom - top) * value / most;
    axis.append(
      svg('path', { class: 'grid', d: `M${left} ${y}H${right}` }),
      svg('text', { x: left - 8, y: y + 4, 'text-anchor': 'end' }, wholePercent(value)));
  }
  return axis;
}
