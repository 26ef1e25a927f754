import { GradlensError } from './errors.js';
import { type Purpose, resolveUrl } from './fetch.js';
import { packagedModel } from './model.js';
import { startAt } from './start-at.js';
import { needTrust, trusted } from './trusted.js';
import type { LoadOptions } from './types.js';

/** What the worker's script is called in messages. */
const workerPurpose: Purpose = { name: 'worker', code: 'runtime-unavailable' };

/**
 * Starts the package's worker, or the one at an address.
 *
 * @throws GradlensError `runtime-unavailable`
 */
export function startWorker(workerUrl: LoadOptions['workerUrl']): Worker {
  if (typeof Worker !== 'function') {
    throw new GradlensError(
      'runtime-unavailable',
      'there are no workers here: load an explainer in a browser, or, as in Node, from "gradlens/direct"',
    );
  }
  try {
    return workerUrl === undefined ? startPackaged() : startNamed(workerUrl);
  } catch (cause) {
    if (cause instanceof GradlensError) throw cause;
    const message =
      `the worker does not start: ${String(cause)}; a Content-Security-Policy has to allow its address in worker-src and, ` +
      'where it requires Trusted Types, the policy "gradlens"';
    throw new GradlensError('runtime-unavailable', message, { cause });
  }
}

function startNamed(workerUrl: NonNullable<LoadOptions['workerUrl']>): Worker {
  const url = resolveUrl(String(workerUrl), workerPurpose);
  const isTrusted = typeof workerUrl === 'object' && !(workerUrl instanceof URL);
  // What the page vouches for is handed on as it is.
  return isTrusted && url.origin === location.origin ? new Worker(workerUrl as URL, { type: 'module' }) : startAt(url);
}

function startPackaged(): Worker {
  // A file of this package that bundlers move says where the package is served from.
  const model = packagedModel(workerPurpose);
  if (model.protocol.startsWith('http') && model.origin !== location.origin) {
    return startAt(new URL('../dist/worker.js', String(model)));
  }
  return needTrust() ? withTrust(startLiteral) : startLiteral();
}

/** Written like this, so that bundlers see it. */
function startLiteral(): Worker {
  return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
}

/** What bundlers make of the literal address is vouched for on its way to the browser. */
function withTrust(start: () => Worker): Worker {
  const { Worker: Native } = globalThis;
  globalThis.Worker = class extends Native {
    constructor(address: string | URL, options?: WorkerOptions) {
      super(trusted(address), options);
    }
  };
  try {
    return start();
  } finally {
    globalThis.Worker = Native;
  }
}
