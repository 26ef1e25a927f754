// @ts-check
/** @import { Explainer, Progress } from './gradlens/dist/index.js' */
import { byId } from './dom.js';

/** @typedef {'loading' | 'ready' | 'working' | 'done' | 'error'} State */

const BACKENDS = { cpu: 'CPU (WebAssembly SIMD)', webgpu: 'WebGPU' };

/** What the page is doing: its state, the progress of loading, the backend, the last time. */
export function createStatus() {
  const main = /** @type {HTMLElement} */ (document.querySelector('main'));
  const loading = byId('loading', HTMLElement);
  const phase = byId('phase', HTMLElement);
  const bytes = byId('bytes', HTMLElement);
  const progress = byId('progress', HTMLProgressElement);
  const backend = byId('backend', HTMLElement);
  const fallback = byId('fallback', HTMLElement);
  const time = byId('time', HTMLElement);
  const credit = byId('credit', HTMLElement);
  /** @type {Record<string, { loaded: number, total: number | null }>} */
  const parts = {};

  return {
    /** @param {State} state */
    set state(state) {
      main.dataset.state = state;
      loading.hidden = state !== 'loading';
    },

    /** @param {Progress} step */
    progress({ phase: name, loaded, total }) {
      if (name === 'check') {
        phase.textContent = 'Trying the network out';
        bytes.textContent = '';
        progress.removeAttribute('value');
        return;
      }
      // Program and weights come at the same time: one bar for both.
      parts[name] = { loaded, total };
      const all = Object.values(parts);
      const sum = all.reduce((before, part) => before + part.loaded, 0);
      const known = all.every((part) => part.total !== null);
      const whole = all.reduce((before, part) => before + (part.total ?? 0), 0);
      phase.textContent = 'Loading the network';
      bytes.textContent = known ? `${mega(sum)} of ${mega(whole)} MB` : `${mega(sum)} MB`;
      if (known && whole > 0) {
        progress.max = whole;
        progress.value = sum;
      } else {
        progress.removeAttribute('value');
      }
    },

    /** @param {Explainer} explainer it has just been loaded, or is still there */
    loaded(explainer) {
      if (main.dataset.state === 'loading') this.state = 'ready';
      backend.textContent = BACKENDS[explainer.backend];
      backend.dataset.backend = explainer.backend;
      fallback.textContent = explainer.fallbackReason ? `, because ${explainer.fallbackReason}` : '';
    },

    /** @param {number} milliseconds what the last explanation took */
    time(milliseconds) {
      time.textContent = `Map in ${Math.round(milliseconds)} ms`;
    },

    /** @param {string} text whose photo is on the stage */
    credit(text) {
      credit.textContent = text;
    },
  };
}

/** @param {number} bytes */
function mega(bytes) {
  return (bytes / 1e6).toFixed(1);
}
