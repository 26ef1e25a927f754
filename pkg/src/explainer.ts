import {
  checkCount,
  checkName,
  checkOptions,
  checkPicture,
  checkShare,
  checkThreshold,
  checkTruth,
} from './checks.js';
import { GradlensError, aborted, disposed, listed, toGradlensError } from './errors.js';
import { Explanation } from './explanation.js';
import type { Faithfulness } from './faithfulness.js';
import { DetectedObject } from './objects.js';
import {
  type Backend,
  type CallOptions,
  type Engine,
  type ExplainOptions,
  type FaithfulnessOptions,
  type LoadOptions,
  type Method,
  type ObjectsOptions,
  type Picture,
  type Prediction,
  methods,
} from './types.js';

/** More steps than these show nothing new: the network sees some fifty thousand pixels. */
const MOST_CURVE_STEPS = 1000;

/** How a GPU that was lost shows: as a fault that it reports, or as a panic of what waits for it. */
const gpuFailures: readonly string[] = ['device-error', 'internal'];

/** A loaded network that answers about pictures. Calls may overlap: they queue. */
export class Explainer {
  #engine: Engine;
  /** Loads an engine in place of this one, on a backend or as the first one was. */
  readonly #load: (backend?: Backend) => Promise<Engine>;
  readonly #onRestart: LoadOptions['onRestart'];
  /** The last call in the queue, settled either way. */
  #last: Promise<unknown> = Promise.resolve();
  #disposed = false;
  /** Why the engine was lost, as long as there is none in its place. */
  #lost: string | null = null;
  /** Whether the engine's successor was asked for. */
  #succession = false;
  /** Why it did not come. */
  #noSuccessor: string | null = null;

  /** @internal */
  constructor(engine: Engine, load: (backend?: Backend) => Promise<Engine>, onRestart: LoadOptions['onRestart']) {
    this.#engine = engine;
    this.#load = load;
    this.#onRestart = onRestart;
  }

  /** What the network runs on; with `auto` it may change after an answer. */
  get backend(): Backend {
    return this.#engine.info.backend;
  }

  /** Why `auto` does not take WebGPU, or null if it does, will, or was not asked. */
  get fallbackReason(): string | null {
    return this.#noSuccessor ?? this.#engine.info.fallbackReason;
  }

  /** The class labels, by class index. */
  get labels(): readonly string[] {
    return this.#engine.info.labels;
  }

  /** The `topK` most probable classes, best first. */
  async classify(imageData: Picture, topK = 5, options: CallOptions = {}): Promise<Prediction[]> {
    checkPicture(imageData);
    checkCount('topK', topK, 1);
    checkOptions(options);
    return this.#enqueue(options, (engine) => engine.classify(imageData, Math.min(topK, this.labels.length), options.signal));
  }

  /** The map of one class; `null` stands for the most probable one. */
  async explain(
    imageData: Picture,
    classIdx: number | null = null,
    method: Method = 'grad-cam++',
    options: ExplainOptions = {},
  ): Promise<Explanation> {
    const [explanation] = await this.#explain(imageData, classIdx === null ? [] : [classIdx], method, options);
    if (!explanation) throw new GradlensError('internal', 'the core answered with no explanation');
    return explanation;
  }

  /** One map a class, in the order asked, at the cost of one forward and one backward pass. */
  async explainMany(
    imageData: Picture,
    classIdxs: readonly number[],
    method: Method = 'grad-cam++',
    options: ExplainOptions = {},
  ): Promise<Explanation[]> {
    if (!Array.isArray(classIdxs) || classIdxs.length === 0) {
      throw new GradlensError('invalid-class', 'explainMany takes an array of at least one class index');
    }
    return this.#explain(imageData, classIdxs, method, options);
  }

  /**
   * The objects of a picture, surest first, each with its own map. They are found by the classifier
   * alone: every window of the picture is classified, and classes that explain the same place are
   * one object.
   */
  async explainObjects(imageData: Picture, options: ObjectsOptions = {}): Promise<DetectedObject[]> {
    checkPicture(imageData);
    checkOptions(options);
    const { method = 'grad-cam++', maxObjects = 8, minScore = 0.2, threshold = 0.5 } = options;
    checkName('method', method, methods);
    checkCount('maxObjects', maxObjects, 1);
    checkShare('minScore', minScore);
    checkThreshold('threshold', threshold);
    const { signal, ...given } = options;
    const rest = { ...given, maxObjects: Math.min(maxObjects, this.labels.length) };
    const objects = await this.#enqueue({ signal }, (engine) =>
      engine.explainObjects(imageData, rest, signal),
    );
    return objects.map((raw) => new DetectedObject(raw, imageData));
  }

  /**
   * How faithful each method's map of a class is; `null` stands for the most probable class. The
   * masked copies of all methods run through the network as one batch.
   */
  async faithfulness(
    imageData: Picture,
    classIdx: number | null = null,
    ofMethods: readonly Method[] = ['grad-cam', 'grad-cam++'],
    options: FaithfulnessOptions = {},
  ): Promise<Faithfulness> {
    checkPicture(imageData);
    if (classIdx !== null) this.#checkClass(classIdx);
    if (!Array.isArray(ofMethods) || ofMethods.length === 0) {
      throw new GradlensError('unknown-method', `faithfulness takes an array of at least one method of ${listed(methods)}`);
    }
    for (const method of ofMethods) checkName('method', method, methods);
    checkOptions(options);
    const { curveSteps = 0, truth, delta = 0.5 } = options;
    checkCount('curveSteps', curveSteps, 0, MOST_CURVE_STEPS);
    checkThreshold('delta', delta);
    if (truth !== undefined) checkTruth(truth, imageData);
    const { signal, ...rest } = options;
    return this.#enqueue({ signal }, (engine) =>
      engine.faithfulness(imageData, classIdx, ofMethods, rest, signal),
    );
  }

  /** Frees the network and its worker. Calls that wait, and later ones, fail with code `disposed`. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#engine.dispose();
  }

  async #explain(
    picture: Picture,
    classes: readonly number[],
    method: Method,
    options: ExplainOptions,
  ): Promise<Explanation[]> {
    checkPicture(picture);
    for (const index of classes) this.#checkClass(index);
    checkName('method', method, methods);
    checkOptions(options);
    const { signal, ...rest } = options;
    const explanations = await this.#enqueue({ signal }, (engine) =>
      engine.explainMany(picture, classes, method, rest, signal),
    );
    return explanations.map((raw) => new Explanation(raw, picture.width, picture.height));
  }

  /**
   * Runs a task after all that were enqueued before it, and whether or not those failed. A signal
   * drops a task that waits; of one that runs, nobody waits for the answer.
   */
  async #enqueue<T>({ signal }: CallOptions, task: (engine: Engine) => Promise<T>): Promise<T> {
    const run = this.#last.then(() => {
      if (this.#disposed) throw disposed();
      if (signal?.aborted) throw aborted('call');
      return this.#orRestarted(task);
    });
    this.#last = run.then(() => this.#prepare(), () => undefined);
    try {
      return await unlessAborted(run, signal);
    } catch (error) {
      throw this.#disposed ? disposed() : toGradlensError(error);
    }
  }

  /** Runs a task, and once more on a new engine if the GPU failed. */
  async #orRestarted<T>(task: (engine: Engine) => Promise<T>): Promise<T> {
    if (this.#lost !== null) await this.#restart(this.#lost);
    const failed = this.#engine;
    try {
      return await task(failed);
    } catch (error) {
      const { code, message } = toGradlensError(error);
      if (failed.info.backend !== 'webgpu' || !gpuFailures.includes(code) || this.#disposed) throw error;
      failed.dispose();
      // The rest is a trace of the driver's.
      this.#lost = message.split('\n', 1)[0]!;
      await this.#restart(this.#lost);
      return task(this.#engine);
    }
  }

  /** Loads an engine in place of the one that was lost. Where that fails, the next call tries it again. */
  async #restart(reason: string): Promise<void> {
    this.#engine = await this.#load();
    this.#lost = null;
    if (this.#disposed) this.#engine.dispose();
    this.#onRestart?.(reason);
  }

  /** Has the engine's successor loaded: not sooner, so that the first answer need not share the machine with it. */
  #prepare(): void {
    const { successor } = this.#engine.info;
    if (!successor || this.#succession || this.#disposed) return;
    this.#succession = true;
    this.#load(successor).then(
      // Between two calls.
      (next) => (this.#last = this.#last.then(() => this.#takeOver(next))),
      (error: unknown) => (this.#noSuccessor = toGradlensError(error).message),
    );
  }

  #takeOver(next: Engine): void {
    if (this.#disposed) return next.dispose();
    this.#engine.dispose();
    this.#engine = next;
    this.#succession = false;
  }

  #checkClass(index: number): void {
    const last = this.labels.length - 1;
    if (!(Number.isInteger(index) && index >= 0 && index <= last)) {
      throw new GradlensError(
        'invalid-class',
        `there is no class ${String(index)}; a class index is a whole number from 0 to ${last}`,
      );
    }
  }
}

/** A result, or the failure of a call whose signal comes first. */
async function unlessAborted<T>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return result;
  let onAbort: () => void = () => undefined;
  const aborting = new Promise<never>((_, reject) => {
    onAbort = () => reject(aborted('call'));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([aborting, result]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
