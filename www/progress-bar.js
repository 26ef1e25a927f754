// @ts-check
import { byId } from './dom.js';

/**
 * How far a task is.
 * @typedef {object} Account
 * @property {string} text what is being done
 * @property {string} detail how much of it
 * @property {number | null} share in [0, 1]; null where it is not known
 */

/** The page's progress bar and the words beside it. */
export function createProgressBar() {
  const box = byId('loading', HTMLElement);
  const phase = byId('phase', HTMLElement);
  const bytes = byId('bytes', HTMLElement);
  const progress = byId('progress', HTMLProgressElement);

  return {
    /** @param {boolean} hidden */
    set hidden(hidden) {
      box.hidden = hidden;
    },

    /** @param {Account} account */
    show({ text, detail, share }) {
      phase.textContent = text;
      bytes.textContent = detail;
      if (share === null) progress.removeAttribute('value');
      else progress.value = share;
    },
  };
}
