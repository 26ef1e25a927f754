import type { Step } from './engine.js';
import type { Progress } from './types.js';

/** How much of loading the files are: about their shares of the bytes of this package's own. */
const weights = { model: 0.85, runtime: 0.15 };

/** Tells how far loading is in all, at steps of a percent and where a file is complete. */
export function inSteps(onProgress: (progress: Progress) => void): (step: Step) => void {
  const shares = { model: 0, runtime: 0 };
  let percent = -1;
  return ({ phase, loaded, total }) => {
    if (phase === 'check') return onProgress({ phase, loaded, total, fraction: 1 });
    shares[phase] = total === null ? NaN : Math.min(1, loaded / total);
    const fraction = weights.model * shares.model + weights.runtime * shares.runtime;
    const now = Math.floor(100 * fraction);
    if (now === percent && loaded !== total) return;
    percent = now;
    onProgress({ phase, loaded, total, fraction: Number.isNaN(fraction) ? null : fraction });
  };
}
