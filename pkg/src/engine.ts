import { probeAdapter } from './adapter.js';
import { GradlensError, aborted, listed, toGradlensError } from './errors.js';
import { type OnBytes, fetchBytes, resolveUrl } from './fetch.js';
import { loadRuntime } from './runtime.js';
import {
  type Backend,
  type Engine,
  type ExplainOptions,
  type FaithfulnessOptions,
  type Info,
  type LoadOptions,
  type Method,
  type ObjectsOptions,
  type Picture,
  type Progress,
  backends,
} from './types.js';
import type { Core } from './wasm/core.js';

/** The model that lies in this package. */
const packagedModel = new URL('../model/efficientnet-lite0.safetensors', import.meta.url);

/** Loads the network into this thread. */
export async function loadEngine(options: LoadOptions = {}): Promise<Engine> {
  const { backend = 'auto', signal } = options;
  if (!backends.includes(backend)) {
    throw new GradlensError('unknown-backend', `there is no backend "${backend}"; the backends are ${listed(backends)}`);
  }
  const report = (phase: Progress['phase']) => (loaded: number, total: number | null) =>
    options.onProgress?.({ phase, loaded, total });
  if (signal?.aborted) throw aborted('loading');

  const model = modelBytes(options, report('model'));
  // Its failure is seen where it is awaited, which may be later than it happens.
  model.catch(() => undefined);

  const start = async (backend: Backend): Promise<Start> => {
    const panics = new Panics();
    const runtime = await loadRuntime(backend, report('runtime'), signal);
    const bytes = await model;
    report('check')(0, null);
    const core = await panics.orResult(runtime.loadCore(bytes, backend, panics.report));
    if (signal?.aborted) {
      core.free();
      throw aborted('loading');
    }
    return { backend, core, panics };
  };

  if (backend === 'cpu') return new CoreEngine(await start('cpu'), null);
  const adapter = await probeAdapter();
  if (backend === 'webgpu') {
    if (adapter.kind === 'none') throw new GradlensError('webgpu-unavailable', adapter.problem);
    return new CoreEngine(await start('webgpu'), null);
  }
  // A software adapter counts as none: the CPU backend is some thirty times faster than WebGPU
  // emulated on the same CPU.
  if (adapter.kind !== 'real') return new CoreEngine(await start('cpu'), adapter.problem);
  try {
    return new CoreEngine(await start('webgpu'), null);
  } catch (error) {
    const { code, message } = toGradlensError(error);
    if (!webgpuFailures.includes(code)) throw error;
    return new CoreEngine(await start('cpu'), message);
  }
}

/** The model file: the one given, or the one at the address given, or the one in this package. */
async function modelBytes({ model, modelUrl, signal }: LoadOptions, onBytes: OnBytes): Promise<Uint8Array> {
  if (model instanceof Uint8Array) return model;
  if (model instanceof ArrayBuffer) return new Uint8Array(model);
  if (model !== undefined) {
    throw new GradlensError(
      'invalid-model',
      'the model is neither an ArrayBuffer nor a Uint8Array; give an address as modelUrl',
    );
  }
  const url = modelUrl === undefined ? packagedModel : resolveUrl(modelUrl);
  return fetchBytes(url, { name: 'model', code: 'model-unavailable' }, onBytes, signal);
}

/** What may go wrong with WebGPU that the CPU backend does not share. */
const webgpuFailures: readonly string[] = ['webgpu-unavailable', 'device-error', 'runtime-unavailable', 'internal'];

interface Start {
  backend: Backend;
  core: Core;
  panics: Panics;
}

/**
 * A panic of the core: its promises then never settle, so that they are raced against the report.
 */
class Panics {
  #reject: (error: GradlensError) => void = () => undefined;
  readonly #panicked = new Promise<never>((_, reject) => {
    this.#reject = reject;
  });

  constructor() {
    // Raced later, or never.
    this.#panicked.catch(() => undefined);
  }

  readonly report = (message: string): void => {
    this.#reject(new GradlensError('internal', `the WebAssembly core failed and has to be loaded again: ${message}`));
  };

  orResult<T>(result: Promise<T>): Promise<T> {
    return Promise.race([result, this.#panicked]);
  }
}

/** The network in this thread. One call at a time. */
class CoreEngine implements Engine {
  readonly info: Info;
  readonly #core: Core;
  readonly #panics: Panics;
  /** Settled when the last call is. */
  #idle: Promise<unknown> = Promise.resolve();

  constructor({ backend, core, panics }: Start, fallbackReason: string | null) {
    this.#core = core;
    this.#panics = panics;
    this.info = { backend, fallbackReason, labels: core.labels() };
  }

  classify(picture: Picture, topK: number) {
    return this.#run(this.#core.classify(picture, topK));
  }

  explainMany(picture: Picture, classes: readonly number[], method: Method, options: ExplainOptions) {
    return this.#run(this.#core.explainMany(picture, Float64Array.from(classes), method, options));
  }

  explainObjects(picture: Picture, options: ObjectsOptions) {
    return this.#run(this.#core.explainObjects(picture, options));
  }

  faithfulness(
    picture: Picture,
    classIdx: number | null,
    methods: readonly Method[],
    options: FaithfulnessOptions,
  ) {
    return this.#run(this.#core.faithfulness(picture, classIdx ?? undefined, methods, options));
  }

  /** Frees the memory once no call uses it. */
  dispose(): void {
    // A core that panicked cannot be freed; its memory goes with the module.
    this.#idle.then(() => this.#core.free()).catch(() => undefined);
  }

  #run<T>(call: Promise<T>): Promise<T> {
    const result = this.#panics.orResult(call);
    this.#idle = result.catch(() => undefined);
    return result;
  }
}
