// @ts-check
/** @import { Explanation } from './gradlens/dist/index.js' */
/** @import { Look } from './view.js' */

/**
 * Paints a map in the colours that are chosen, or in two where it has what speaks against the class, too.
 * @param {Explanation} explanation
 * @param {Pick<Look, 'colormap' | 'opacity'>} look
 * @param {number} width
 */
export function paintMap(explanation, { colormap, opacity }, width) {
  return explanation.toImageData({ colormap: explanation.isSigned ? 'diverging' : colormap, opacity, width });
}
