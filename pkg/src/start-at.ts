// Apart from start-worker.ts: the worker uses this too, and must not seem to bundlers to name its own file.

import { trusted } from './trusted.js';

/** A worker may import a script of another origin, but not be one. */
export function startAt(url: URL, type: WorkerType = 'module'): Worker {
  if (url.origin === location.origin) return new Worker(trusted(url), { type });
  const script = new Blob([`import ${JSON.stringify(url.href)};`], { type: 'text/javascript' });
  const address = URL.createObjectURL(script);
  // By this name the worker can start its script once more.
  const worker = new Worker(trusted(`${address}#${encodeURIComponent(url.href)}`), { type: 'module' });
  worker.addEventListener('message', () => URL.revokeObjectURL(address), { once: true });
  return worker;
}
