// @ts-check
/** @import { Method } from '../gradlens/dist/index.js' */

/**
 * How a method is written and drawn. Its colour is in the style sheet, by data-method; the shape of
 * its marks and the dashes of its line tell it apart without colour.
 * @typedef {object} Look
 * @property {string} name
 * @property {'circle' | 'square' | 'triangle' | 'diamond' | 'wedge' | 'cross'} shape
 * @property {string} dashes lengths of strokes and gaps, '' for an unbroken line
 */

/** @type {Partial<Record<Method, Look>>} */
const looks = {
  'grad-cam': { name: 'Grad-CAM', shape: 'circle', dashes: '' },
  'grad-cam++': { name: 'Grad-CAM++', shape: 'square', dashes: '7 3' },
  'layer-cam': { name: 'LayerCAM', shape: 'triangle', dashes: '2 3' },
  'hires-cam': { name: 'HiResCAM', shape: 'diamond', dashes: '9 3 2 3' },
  'xgrad-cam': { name: 'XGrad-CAM', shape: 'wedge', dashes: '5 5' },
  cam: { name: 'CAM', shape: 'cross', dashes: '9 2 2 2 2 2' },
};

/**
 * How a method is drawn that is compared here; another one goes by what programs call it.
 * @param {Method} method
 * @returns {Look}
 */
export function lookOf(method) {
  return looks[method] ?? { name: method, shape: 'circle', dashes: '' };
}

/** @param {Method} method */
export function nameOf(method) {
  return lookOf(method).name;
}
