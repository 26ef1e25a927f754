// @ts-check
/** @import { Look } from './methods.js' */

/**
 * A new SVG element with attributes and children.
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number>} attributes
 * @param {...(Node | string)} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function svg(tag, attributes, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/**
 * The outline of a mark, as a part of a path's `d`.
 * @param {Look['shape']} shape
 * @param {number} x its middle
 * @param {number} y
 * @param {number} r about half its width
 */
export function mark(shape, x, y, r) {
  const through = (/** @type {[number, number][]} */ ...corners) =>
    `M${corners.map(([dx, dy]) => `${(x + r * dx).toFixed(1)} ${(y + r * dy).toFixed(1)}`).join('L')}Z`;
  switch (shape) {
    case 'circle':
      return `M${(x - r).toFixed(1)} ${y.toFixed(1)}a${r} ${r} 0 1 1 ${2 * r} 0a${r} ${r} 0 1 1 ${-2 * r} 0Z`;
    case 'square':
      return through([-.9, -.9], [.9, -.9], [.9, .9], [-.9, .9]);
    case 'triangle':
      return through([0, -1.1], [1.1, .9], [-1.1, .9]);
    case 'diamond':
      return through([0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]);
    case 'wedge':
      return through([0, 1.1], [-1.1, -.9], [1.1, -.9]);
    case 'cross':
      return through([-1.1, -.35], [-.35, -.35], [-.35, -1.1], [.35, -1.1], [.35, -.35], [1.1, -.35],
        [1.1, .35], [.35, .35], [.35, 1.1], [-.35, 1.1], [-.35, .35], [-1.1, .35]);
  }
}
