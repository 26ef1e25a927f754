// @ts-check
/** @import { Progress } from './gradlens/dist/index.js' */
/** @import { Account } from './progress-bar.js' */
import { number } from './format.js';
import { words } from './words.js';

/**
 * Puts the loading of the network into words. Program and weights come at the same time: one
 * account for both.
 * @returns {(step: Progress) => Account}
 */
export function createLoading() {
  /** @type {Record<string, { loaded: number, total: number | null }>} */
  const parts = {};

  return ({ phase, loaded, total }) => {
    if (phase === 'check') return { text: words.loading.check, detail: '', share: null };
    parts[phase] = { loaded, total };
    const all = Object.values(parts);
    const sum = all.reduce((before, part) => before + part.loaded, 0);
    const whole = all.reduce((before, part) => before + (part.total ?? 0), 0);
    const known = whole > 0 && all.every((part) => part.total !== null);
    return {
      text: words.loading.network,
      detail: known ? words.loading.loadedOf(mega(sum), mega(whole)) : words.loading.loaded(mega(sum)),
      share: known ? sum / whole : null,
    };
  };
}

/** @param {number} bytes */
function mega(bytes) {
  return number(bytes / 1e6, 1);
}
