import { transfer, wrap } from 'comlink';
import { Partner, sharedMemory } from './partner.js';
import type { Service } from './service.js';
import { startAt } from './start-at.js';
import type { SaidContract } from './types.js';
import type { CoreOptions } from './wasm/core.js';

/** Whether this thread, a worker, may share memory with a second one and wait for it. */
export function mayShare(): boolean {
  return globalThis.crossOriginIsolated === true && navigator.hardwareConcurrency > 1;
}

/** A second thread for the network of this worker: its script, started once more. */
export class Assistant {
  readonly #worker: Worker;
  readonly #service: Service;
  readonly #failed: Promise<never>;

  private constructor(worker: Worker) {
    this.#worker = worker;
    this.#service = wrap<Service>(worker) as unknown as Service;
    this.#failed = new Promise((_, reject) => {
      worker.addEventListener('messageerror', reject);
      worker.addEventListener('error', (event) => {
        // It would go on as a failure of this worker.
        event.preventDefault();
        reject(event);
      });
    });
    // Raced later, or never.
    this.#failed.catch(() => undefined);
  }

  /** Starts one. Null where the page does not let it: the network runs without. */
  static start(): Assistant | null {
    try {
      return new Assistant(startAgain());
    } catch {
      return null;
    }
  }

  /** Has it load its half of a model. Null where it cannot. */
  async equip(module: WebAssembly.Module, model: Uint8Array, options: CoreOptions): Promise<Partner | null> {
    try {
      const memory = sharedMemory();
      await Promise.race([this.#service.equip(module, model, options, memory), this.#failed]);
      return new Partner(memory, 0, {
        // How it fares is told through the memory.
        start: (input, shape, wanted) =>
          void this.#service.assist(transfer(input, [input.buffer]), shape, wanted).catch(() => undefined),
        end: () => this.end(),
      });
    } catch {
      this.end();
      return null;
    }
  }

  /** Has it take what the caller says of the contract now, before it is asked again. */
  setContract(given: SaidContract): void {
    // How it fares is told through the memory.
    this.#service.conform(given).catch(() => undefined);
  }

  end(): void {
    this.#worker.terminate();
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
