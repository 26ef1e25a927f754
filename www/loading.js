// @ts-check
/** @import { Progress } from './gradlens/dist/index.js' */
/** @import { Account } from './progress-bar.js' */

/**
 * Puts the loading of the network into words. Program and weights come at the same time: one
 * account for both.
 * @returns {(step: Progress) => Account}
 */
export function createLoading() {
  /** @type {Record<string, { loaded: number, total: number | null }>} */
  const parts = {};

  return ({ phase, loaded, total }) => {
    if (phase === 'check') return { text: 'Trying the network out', detail: '', share: null };
    parts[phase] = { loaded, total };
    const all = Object.values(parts);
    const sum = all.reduce((before, part) => before + part.loaded, 0);
    const whole = all.reduce((before, part) => before + (part.total ?? 0), 0);
    const known = whole > 0 && all.every((part) => part.total !== null);
    return {
      text: 'Loading the network',
      detail: known ? `${mega(sum)} of ${mega(whole)} MB` : `${mega(sum)} MB`,
      share: known ? sum / whole : null,
    };
  };
}

/** @param {number} bytes */
function mega(bytes) {
  return (bytes / 1e6).toFixed(1);
}
