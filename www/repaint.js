// @ts-check
/** @import { Look } from './view.js' */

/**
 * Makes `repaint(look)`. A slider asks for this more often than the screen shows it, so only the
 * last look before a frame is painted.
 * @param {(look: Look) => void} paint
 * @returns {(look: Look) => void}
 */
export function createRepaint(paint) {
  /** @type {Look | null} */
  let wanted = null;

  return (look) => {
    if (!wanted) {
      requestAnimationFrame(() => {
        const last = wanted;
        wanted = null;
        if (last) paint(last);
      });
    }
    wanted = look;
  };
}
