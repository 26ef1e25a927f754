// @ts-check
/** @import { Explainer, Progress } from './gradlens/dist/index.js' */
import { byId } from './dom.js';
import { createLoading } from './loading.js';
import { createProgressBar } from './progress-bar.js';
import { words } from './words.js';

/** @typedef {'loading' | 'ready' | 'working' | 'done' | 'error'} State */

/** What the page is doing: its state, the progress of loading, the backend, the last time. */
export function createStatus() {
  const main = /** @type {HTMLElement} */ (document.querySelector('main'));
  const backend = byId('backend', HTMLElement);
  const fallback = byId('fallback', HTMLElement);
  const time = byId('time', HTMLElement);
  const credit = byId('credit', HTMLElement);
  const bar = createProgressBar();
  const account = createLoading();

  return {
    /** @param {State} state */
    set state(state) {
      main.dataset.state = state;
      bar.hidden = state !== 'loading';
    },

    /** @param {Progress} step */
    progress(step) {
      bar.show(account(step));
    },

    /** @param {Explainer} explainer it has just been loaded, or is still there */
    loaded(explainer) {
      if (main.dataset.state === 'loading') this.state = 'ready';
      backend.textContent = words.status[explainer.backend];
      backend.dataset.backend = explainer.backend;
      fallback.textContent = explainer.fallbackReason ? words.status.because(explainer.fallbackReason) : '';
    },

    /**
     * @param {string} what
     * @param {number} milliseconds how long it took
     */
    time(what, milliseconds) {
      time.textContent = words.status.took(what, String(Math.round(milliseconds)));
    },

    /** @param {string} text whose photo is on the stage */
    credit(text) {
      credit.textContent = text;
    },
  };
}
