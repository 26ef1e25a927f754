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

/** @type {Record<Method, Look>} */
export const looks = {
  'grad-cam': { name: 'Grad-CAM', shape: 'circle', dashes: '' },
  'grad-cam++': { name: 'Grad-CAM++', shape: 'square', dashes: '7 3' },
  'layer-cam': { name: 'LayerCAM', shape: 'triangle', dashes: '2 3' },
  'hires-cam': { name: 'HiResCAM', shape: 'diamond', dashes: '9 3 2 3' },
  'xgrad-cam': { name: 'XGrad-CAM', shape: 'wedge', dashes: '5 5' },
  cam: { name: 'CAM', shape: 'cross', dashes: '9 2 2 2 2 2' },
};

/** @param {Method} method */
export function nameOf(method) {
  return looks[method].name;
}
