// Apart from start-worker.ts: the worker uses this too, and must not seem to bundlers to name its own file.

import { trusted } from './trusted.js';

/** A worker may import a script of another origin, but not be one. */
export function startAt(url: URL, type: WorkerType = 'module'): Worker {
  if (url.origin === origin) return new Worker(trusted(url), { type });
  const script = `import ${JSON.stringify(url.href)};`;
  // A sandboxed frame has no origin: Chromium starts no module from its blobs.
  if (origin === 'null') return new Worker(trusted(`data:text/javascript,${encodeURIComponent(script)}`), { type: 'module' });
  const address = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  // By this name the worker can start its script once more.
  const worker = new Worker(trusted(`${address}#${encodeURIComponent(url.href)}`), { type: 'module' });
  worker.addEventListener('message', () => URL.revokeObjectURL(address), { once: true });
  return worker;
}
