// @ts-check
import { byId } from './dom.js';
import { words } from './words.js';

/** The place where the page says that the GPU failed and the network was loaded anew. */
export function createRestarted() {
  const note = byId('restarted', HTMLElement);

  return {
    show() {
      note.textContent = words.status.restarted;
    },

    clear() {
      note.textContent = '';
    },
  };
}
