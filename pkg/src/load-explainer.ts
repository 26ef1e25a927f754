import { GradlensError, toGradlensError } from './errors.js';
import { Explainer } from './explainer.js';
import { type OnBytes, type Purpose, type Source, bytesOf, resolveUrl } from './fetch.js';
import { modelPurpose } from './model.js';
import { wasmPurpose } from './runtime.js';
import type { Engine, EngineOptions, LoadOptions, Signal, WasmSources } from './types.js';

/** Loads an explainer whose engines are made like this: the first one, and those that take its place. */
export async function loadExplainer(
  options: LoadOptions,
  loadEngine: (options: EngineOptions) => Promise<Engine>,
): Promise<Explainer> {
  const { signal, onProgress, onRestart } = options;
  try {
    const lasting = await lastingOptions(options);
    const engine = await loadEngine({ ...lasting, signal, onProgress });
    return new Explainer(engine, (backend = lasting.backend) => loadEngine({ ...lasting, backend }), onRestart);
  } catch (error) {
    throw toGradlensError(error);
  }
}

/** Options that serve more than once, and in a worker: addresses are absolute, Responses were read. */
async function lastingOptions(options: LoadOptions): Promise<EngineOptions> {
  const { backend, labels, cache, workerUrl, modelUrl, model = modelUrl, signal, onProgress } = options;
  const onBytes: OnBytes = (loaded, total) => onProgress?.({ phase: 'model', loaded, total });
  return {
    backend,
    labels,
    cache,
    workerUrl,
    model: model === undefined ? undefined : await lastingSource(model, modelPurpose, onBytes, signal),
    wasm: await lastingModules({ ...perBackend('wasmUrl', options.wasmUrl), ...perBackend('wasm', options.wasm) }, signal),
  };
}

async function lastingModules({ cpu, webgpu }: WasmSources, signal: Signal): Promise<EngineOptions['wasm']> {
  const lasting = async (source: WasmSources['cpu']) =>
    source === undefined || source instanceof WebAssembly.Module
      ? source
      : lastingSource(source, wasmPurpose, undefined, signal);
  return { cpu: await lasting(cpu), webgpu: await lasting(webgpu) };
}

function lastingSource(source: Source, purpose: Purpose, onBytes?: OnBytes, signal?: AbortSignal) {
  return typeof source === 'string' || source instanceof URL
    ? resolveUrl(source, purpose).href
    : bytesOf(source, purpose, onBytes, signal);
}

/** The two modules are told apart by name: `auto` decides later which of them runs. */
function perBackend<T extends object>(name: string, sources: T | undefined): T | undefined {
  if (sources === undefined) return undefined;
  const isPlain = typeof sources === 'object' && Object.getPrototypeOf(sources) === Object.prototype;
  if (isPlain && Object.keys(sources).every((key) => key === 'cpu' || key === 'webgpu')) return sources;
  throw new GradlensError('invalid-argument', `${name} is not of the form { cpu, webgpu }, of which one is enough`);
}
