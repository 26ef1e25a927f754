import { GradlensError } from './errors.js';
import { type Purpose, addressOf, resolveUrl } from './fetch.js';
import { startAt } from './start-at.js';
import { needTrust, trusted } from './trusted.js';
import type { LoadOptions } from './types.js';

/** What the worker's script is called in messages. */
const workerPurpose: Purpose = { name: 'worker', code: 'runtime-unavailable' };

/** A worker of this package. */
export interface PackagedWorker {
  /** A file of this package that bundlers move: it says where the package is served from. */
  readonly moved: () => URL;
  /** Where the worker's script is from there, in a package that no bundler has changed. */
  readonly script: string;
  /** Starts it by a literal address, which bundlers see. */
  readonly start: () => Worker;
}

/**
 * Starts the package's worker, or the one at an address.
 *
 * @throws GradlensError `runtime-unavailable`
 */
export function startWorker(workerUrl: LoadOptions['workerUrl'], packaged: PackagedWorker): Worker {
  if (typeof Worker !== 'function') {
    throw new GradlensError(
      'runtime-unavailable',
      'there are no workers here: load an explainer in a browser, or, as in Node, from "gradlens/direct"',
    );
  }
  try {
    return workerUrl === undefined ? startPackaged(packaged) : startNamed(workerUrl);
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
  return isTrusted && url.origin === origin ? new Worker(workerUrl as URL, { type: 'module' }) : startAt(url);
}

function startPackaged({ moved, script, start }: PackagedWorker): Worker {
  const served = addressOf(moved, workerPurpose);
  if (served.protocol.startsWith('http') && served.origin !== origin) return startAt(new URL(script, String(served)));
  return needTrust() ? withTrust(start) : start();
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
