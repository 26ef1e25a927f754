// What loads of one page have in common: they fetch a file that several want at the same time once, and compile a
// module once.

import { unlessAborted } from './abort.js';
import type { Engine, EngineOptions, LoadEngine, Step } from './engine.js';

/** A load that fetches a model's files. */
interface Flight {
  readonly engine: Promise<Engine>;
  /** Those who wait for its files. */
  readonly listeners: Set<(step: Step) => void>;
}

/** Loads engines that share what they are made from. */
export function sharing(loadEngine: LoadEngine): LoadEngine {
  const modules = new Map<string, WebAssembly.Module>();
  const flights = new Map<string, Flight>();

  /** Loads with the module that is compiled already, if any is, and keeps the one that is compiled now. */
  const load = async (options: EngineOptions) => {
    const key = moduleKey(options);
    const module = key === null ? undefined : modules.get(key);
    const engine = await loadEngine(module ? withModule(options, module) : options);
    if (key !== null) modules.set(key, engine.info.module);
    return engine;
  };

  const lead = async (key: string, options: EngineOptions) => {
    const listeners: Flight['listeners'] = new Set();
    const onProgress = (step: Step) => {
      options.onProgress?.(step);
      // Each of them checks its own network.
      if (step.phase !== 'check') listeners.forEach((listener) => listener(step));
    };
    const engine = load({ ...options, onProgress });
    flights.set(key, { engine, listeners });
    try {
      return await engine;
    } finally {
      flights.delete(key);
    }
  };

  return async (options) => {
    const key = filesKey(options);
    if (key === null) return load(options);
    const { signal, onProgress } = options;
    // Where the one ahead comes to nothing, the first of those who waited takes its place.
    for (let ahead = flights.get(key); ahead; ahead = flights.get(key)) {
      if (onProgress) ahead.listeners.add(onProgress);
      const files = ahead.engine.then((engine) => engine.files()).catch(() => null);
      try {
        const found = await unlessAborted(files, 'loading', signal);
        if (found) return await load({ ...options, ...found });
      } finally {
        if (onProgress) ahead.listeners.delete(onProgress);
      }
    }
    return lead(key, options);
  };
}

/** The backend that an engine begins on. */
const firstOf = ({ backend }: EngineOptions) => (backend === 'webgpu' ? 'webgpu' : 'cpu');

/** What says which module an engine begins with; null if it is no address. */
function moduleKey(options: EngineOptions): string | null {
  const first = firstOf(options);
  return keyOf([first, options.wasm?.[first], options.workerUrl?.toString()]);
}

/** What says which files an engine is made from; null if they are not all addresses. */
function filesKey(options: EngineOptions): string | null {
  const { model, externalData = {}, cache = true } = options;
  const module = moduleKey(options);
  return module === null ? null : keyOf([module, model, String(cache), ...Object.entries(externalData).flat()]);
}

function keyOf(parts: readonly unknown[]): string | null {
  return parts.every((part) => part === undefined || typeof part === 'string') ? JSON.stringify(parts) : null;
}

function withModule(options: EngineOptions, module: WebAssembly.Module): EngineOptions {
  return { ...options, wasm: { ...options.wasm, [firstOf(options)]: module } };
}
