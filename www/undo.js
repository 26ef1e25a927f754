// @ts-check
/** @import { Photo } from './job.js' */
import { byId } from './dom.js';

/** How many photos are kept: each holds up to 10 MB of pixels. */
const MOST = 10;

/**
 * The way back to the photo before, by a button or by Ctrl+Z (⌘Z).
 * @param {(photo: Photo) => void} onUndo
 */
export function createUndo(onUndo) {
  const button = byId('undo', HTMLButtonElement);
  /** @type {Photo[]} */
  let before = [];
  /** @type {Photo | null} */
  let current = null;
  /** @type {Photo | null} the photo that is being brought back */
  let returning = null;

  function undo() {
    returning = before.pop() ?? null;
    button.disabled = before.length === 0;
    if (returning) onUndo(returning);
  }

  button.addEventListener('click', undo);
  addEventListener('keydown', (event) => {
    const pressed = event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    if (!pressed || before.length === 0 || belongsElsewhere(event.target)) return;
    event.preventDefault();
    undo();
  });

  return {
    /** @param {Photo} photo it has come on the stage */
    shown(photo) {
      if (current && photo !== returning) before = [...before, current].slice(-MOST);
      current = photo;
      returning = null;
      button.disabled = before.length === 0;
    },
  };
}

/**
 * Whether the key undoes something else: typing in a field, or nothing behind a dialog.
 * @param {EventTarget | null} target
 */
function belongsElsewhere(target) {
  return target instanceof Element && target.closest('input[type=text], dialog') !== null;
}
