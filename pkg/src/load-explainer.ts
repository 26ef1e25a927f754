import { checkOptions, optionsOf } from './checks.js';
import type { PackagedDecoder } from './decoder.js';
import type { EngineOptions, LastingSource, LoadEngine } from './engine.js';
import { GradlensError, toGradlensError } from './errors.js';
import { Explainer } from './explainer.js';
import { openFiles } from './files.js';
import { type OnBytes, type Purpose, bytesOf, inAll, resolveUrl } from './fetch.js';
import { isBlob, isModule, isPlain, isUrl } from './kinds.js';
import { dataPurpose, modelPurpose } from './model.js';
import { inSteps } from './progress.js';
import { wasmPurpose } from './runtime.js';
import { checkWebAssembly } from './simd.js';
import { now } from './snapshot.js';
import type { LoadOptions, Signal, Source, WasmSources } from './types.js';

/** Loads an explainer whose engines are made like this, the first one and those that take its place, and with this decoder of pictures. */
export async function loadExplainer(
  options: LoadOptions,
  loadEngine: LoadEngine,
  decoder?: PackagedDecoder,
): Promise<Explainer> {
  checkOptions(options, optionsOf.load);
  checkWebAssembly();
  const { signal, onRestart } = options;
  const onProgress = options.onProgress && inSteps(options.onProgress);
  try {
    const lasting = await lastingOptions(options, onProgress);
    const engine = await loadEngine({ ...lasting, signal, onProgress });
    const again = (backend = lasting.backend) => loadEngine({ ...lasting, backend });
    return Explainer.of(engine, again, onRestart, lasting.labels, decoder);
  } catch (error) {
    throw toGradlensError(error);
  }
}

/** Options that serve more than once, and in a worker: addresses are absolute, Responses were read. */
async function lastingOptions(options: LoadOptions, onProgress: EngineOptions['onProgress']): Promise<EngineOptions> {
  const { backend, labels, contract, cache, workerUrl, files, signal } = options;
  checkExternalData(options.externalData);
  const opened = files === undefined ? undefined : await openFiles(files, options.model !== undefined, signal);
  const model = options.model ?? opened?.model;
  const externalData = { ...opened?.externalData, ...options.externalData };
  const names = Object.keys(externalData);
  const [ofModel, ...ofData] = inAll(1 + names.length, (loaded, total) => onProgress?.({ phase: 'model', loaded, total }));
  const [lastingModel, ...data] = await Promise.all([
    model === undefined ? undefined : lastingSource(model, modelPurpose, ofModel, signal),
    ...names.map((name, at) => lastingSource(externalData[name]!, dataPurpose(name), ofData[at], signal)),
  ]);
  return {
    backend,
    labels: now(labels, 'labels'),
    contract: now(contract, 'contract'),
    read: opened?.read,
    cache,
    workerUrl,
    model: lastingModel,
    externalData: Object.fromEntries(names.map((name, at) => [name, data[at]!])),
    wasm: await lastingModules({ ...perBackend('wasmUrl', options.wasmUrl), ...perBackend('wasm', options.wasm) }, signal),
  };
}

async function lastingModules({ cpu, webgpu }: WasmSources, signal: Signal): Promise<EngineOptions['wasm']> {
  const lasting = async (source: WasmSources['cpu']) =>
    source === undefined || isModule(source)
      ? source
      : lastingSource(source, wasmPurpose, undefined, signal);
  return { cpu: await lasting(cpu), webgpu: await lasting(webgpu) };
}

async function lastingSource(
  source: Source,
  purpose: Purpose,
  onBytes?: OnBytes,
  signal?: Signal,
): Promise<LastingSource> {
  if (typeof source === 'string' || isUrl(source)) return resolveUrl(source, purpose).href;
  return isBlob(source) ? source : bytesOf(source, purpose, onBytes, signal);
}

/** Files by their names. */
function checkExternalData(files: unknown): void {
  if (files === undefined || isPlain(files)) return;
  throw new GradlensError('invalid-argument', 'externalData is not of the form { "model.onnx.data": file }');
}

/** The two modules are told apart by name: `auto` decides later which of them runs. */
function perBackend<T extends object>(name: string, sources: T | undefined): T | undefined {
  if (sources === undefined) return undefined;
  if (isPlain(sources) && Object.keys(sources).every((key) => key === 'cpu' || key === 'webgpu')) return sources;
  throw new GradlensError('invalid-argument', `${name} is not of the form { cpu, webgpu }, of which one is enough`);
}
