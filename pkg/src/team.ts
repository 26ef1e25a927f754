import { wrap } from 'comlink';
import type { Service } from './service.js';
import { startAt } from './start-at.js';
import type { CoreModule } from './wasm/core.js';

/** More threads than these gain little, and each has its stack. */
const MOST_THREADS = 8;
/** The pages that a WebAssembly memory may have. */
const MOST_PAGES = 1 << 16;

/** How many threads may share the memory of this one, a worker: 1 where the page does not let it, or there is one core. */
export function threadsHere(): number {
  const threads = Math.min(navigator.hardwareConcurrency, MOST_THREADS);
  // The core awaits JavaScript's promises by it where memory is shared.
  const canWait = globalThis.crossOriginIsolated === true && 'waitAsync' in Atomics;
  return threads > 1 && canWait && mayHaveSharedMemory() ? threads : 1;
}

/** Addresses for all of a shared memory are taken at once, of which a small machine may have too few. */
function mayHaveSharedMemory(): boolean {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true }).buffer.byteLength > 0;
  } catch {
    return false;
  }
}

/** The other threads at the networks of this worker: its script, started again. */
export class Team {
  readonly #core: CoreModule;
  readonly #workers: Worker[] = [];

  /** Starts so many threads, with this one. The core does without those that do not come. */
  constructor(core: CoreModule, module: WebAssembly.Module, memory: WebAssembly.Memory, threads: number) {
    this.#core = core;
    core.formTeam(threads);
    try {
      while (this.#workers.length < threads - 1) {
        const worker = startAgain();
        // It would go on as a failure of this worker.
        worker.addEventListener('error', (event) => event.preventDefault());
        this.#workers.push(worker);
        void wrap<Service>(worker).help(module, memory);
      }
    } catch {
      // The page does not let it.
    }
  }

  /** How many threads there are so far. */
  get size(): number {
    return this.#core.teamSize();
  }

  end(): void {
    this.#workers.forEach((worker) => worker.terminate());
  }
}

function startAgain(): Worker {
  // A blob starts a script from another origin, and is gone by now; the script is named behind its address.
  const script = location.protocol === 'blob:' ? decodeURIComponent(location.hash.slice(1)) : location.href;
  return startAt(new URL(script), isModule() ? 'module' : 'classic');
}

/** Bundlers also write workers that are plain scripts. */
function isModule(): boolean {
  try {
    // No address, of which plain scripts say so, while modules import nothing. Importing nothing at all is not refused
    // by Firefox's modules.
    (globalThis as unknown as { importScripts(address: string): void }).importScripts('http://[');
    return false;
  } catch (error) {
    return error instanceof TypeError;
  }
}
