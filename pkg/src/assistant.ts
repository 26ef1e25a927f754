import { transfer, wrap } from 'comlink';
import { Partner, sharedMemory } from './partner.js';
import { startAt } from './start-at.js';
import type { Service } from './worker.js';

/** Whether this thread, a worker, may share memory with a second one and wait for it. */
export function mayShare(): boolean {
  return globalThis.crossOriginIsolated === true && navigator.hardwareConcurrency > 1;
}

/**
 * Starts this worker's script once more, as a second thread that loads its half of a model. Null where it
 * cannot: the network runs without.
 */
export async function startAssistant(module: WebAssembly.Module, model: Uint8Array): Promise<Partner | null> {
  let worker: Worker | undefined;
  try {
    const assistant = startAgain();
    worker = assistant;
    const service = wrap<Service>(assistant);
    const failed = new Promise<never>((_, reject) => {
      assistant.addEventListener('error', (event) => {
        // It would go on as a failure of this worker.
        event.preventDefault();
        reject(event);
      });
    });
    const memory = sharedMemory();
    await Promise.race([service.equip(module, model, memory), failed]);
    return new Partner(memory, 0, {
      // How it fares is told through the memory.
      start: (input, dims) => void service.assist(transfer(input, [input.buffer]), dims).catch(() => undefined),
      end: () => assistant.terminate(),
    });
  } catch {
    worker?.terminate();
    return null;
  }
}

function startAgain(): Worker {
  // A blob starts a script from another origin, and is gone by now.
  const script = location.protocol === 'blob:' ? import.meta.url : location.href;
  return startAt(new URL(script), isModule() ? 'module' : 'classic');
}

/** Bundlers also write workers that are plain scripts. */
function isModule(): boolean {
  try {
    // Importing nothing, which module workers refuse too.
    (globalThis as unknown as { importScripts(): void }).importScripts();
    return false;
  } catch {
    return true;
  }
}
