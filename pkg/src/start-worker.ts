import { GradlensError } from './errors.js';
import { resolveUrl } from './fetch.js';
import { packagedModel } from './model.js';
import { startAt } from './start-at.js';

/** What the worker's script is called in messages. */
const workerPurpose = { name: 'worker', code: 'runtime-unavailable' } as const;

/**
 * Starts the package's worker, or the one at an address.
 *
 * @throws GradlensError `runtime-unavailable`
 */
export function startWorker(workerUrl: string | URL | undefined): Worker {
  if (typeof Worker !== 'function') {
    throw new GradlensError('runtime-unavailable', 'there are no workers here: load an explainer in a browser');
  }
  if (workerUrl !== undefined) return startAt(resolveUrl(workerUrl, workerPurpose));
  // A file of this package that bundlers move says where the package is served from.
  const isForeign = packagedModel.protocol.startsWith('http') && packagedModel.origin !== location.origin;
  return isForeign
    ? startAt(new URL('../dist/worker.js', String(packagedModel)))
    : // Written like this, so that bundlers see it.
      new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
}
