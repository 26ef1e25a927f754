import { unlessAborted } from './abort.js';
import { probeAdapter } from './adapter.js';
import {
  checkClass,
  checkContract,
  checkCount,
  checkFaithfulnessOptions,
  checkLabels,
  checkLayer,
  checkManyOptions,
  checkMethod,
  checkOptions,
  checkShare,
  checkThreshold,
  checkTruth,
  optionsOf,
} from './checks.js';
import type { PackagedDecoder } from './decoder.js';
import { dispose } from './disposal.js';
import type { Engine, Info } from './engine.js';
import { GradlensError, aborted, disposed, listed, toGradlensError } from './errors.js';
import { Explanation } from './explanation.js';
import type { Faithfulness } from './faithfulness.js';
import { DetectedObject } from './objects.js';
import { isNumbers, isObject } from './kinds.js';
import { keepSelf, self } from './self.js';
import { pictureOf } from './read-picture.js';
import { now } from './snapshot.js';
import { plainTarget } from './targets.js';
import {
  type Backend,
  type CallOptions,
  type ClassifyRequest,
  type ContractParts,
  type ExplainManyOptions,
  type ExplainOptions,
  type ExplainRequest,
  type FaithfulnessOptions,
  type FaithfulnessRequest,
  type Layer,
  type LayerInfo,
  type LoadOptions,
  type MapRequest,
  type Method,
  type ModelInfo,
  type ObjectsOptions,
  type Picture,
  type PictureSource,
  type Prediction,
  type RawExplanation,
  type SaidContract,
  type Target,
  type Targets,
  type Tensor,
  type TensorOptions,
  methods,
} from './types.js';

/** How a GPU that was lost shows: as a fault that it reports, or as a panic of what waits for it. */
const gpuFailures: readonly string[] = ['device-error', 'internal'];

/** What an explainer runs on, apart from it, so that it can be freed once the explainer is gone. */
interface Holder {
  engine: Engine;
}

/** What an explainer is made of. */
interface Parts {
  readonly engine: Engine;
  /** Loads an engine in place of that one, on a backend or as the first one was. */
  readonly load: (backend?: Backend) => Promise<Engine>;
  readonly onRestart?: LoadOptions['onRestart'];
  /** The labels that `load` was given. */
  readonly labels?: readonly string[] | undefined;
  /** What decodes pictures that the browser reads less well. */
  readonly decoder?: PackagedDecoder | undefined;
}

/** Frees the engines of explainers that nobody holds any more. */
const abandoned = new FinalizationRegistry<Holder>(({ engine }) => engine.dispose());

/** A loaded network that answers about pictures. Calls may overlap: they queue. */
export class Explainer {
  /** @internal */
  declare readonly [self]: () => this;
  readonly #holder: Holder;
  readonly #parts: Omit<Parts, 'engine'>;
  /** What was said of the contract since. */
  #given: SaidContract | undefined;
  /** The last call in the queue, settled either way. */
  #last: Promise<unknown> = Promise.resolve();
  #disposed = false;
  /** Why the engine was lost, as long as there is none in its place. */
  #lost: string | null = null;
  /** How often the GPU failed since it last answered. */
  #failures = 0;
  /** Whether the engine's successor was asked for. */
  #succession = false;
  /** Why it did not come, or is not asked any more. */
  #noSuccessor: string | null = null;

  private constructor({ engine, ...parts }: Parts) {
    this.#holder = { engine };
    this.#parts = parts;
    keepSelf(this);
    abandoned.register(this, this.#holder, this.#holder);
  }

  /** @internal */
  static of(parts: Parts): Explainer {
    return new Explainer(parts);
  }

  /** What the network runs on; with `auto` it may change after an answer. */
  get backend(): Backend {
    return this[self]().#info.backend;
  }

  /** Why `auto` does not take WebGPU, or null if it does, will, or was not asked. */
  get fallbackReason(): string | null {
    const own = this[self]();
    return own.#noSuccessor ?? own.#info.fallbackReason;
  }

  /** The class labels, by class index. */
  get labels(): readonly string[] {
    return this[self]().#info.labels;
  }

  /** What is known of the network. */
  get model(): ModelInfo {
    return this[self]().#info.model;
  }

  /** Where a map can be taken, first to last. */
  get layers(): readonly LayerInfo[] {
    return this.model.layers;
  }

  /**
   * Changes the contract: `contract` counts in place of what {@link LoadOptions.contract} or an earlier change said, and
   * `labels`, if there are any, in place of {@link LoadOptions.labels}. What it leaves out is read or guessed again.
   * Nothing is fetched, and no weights are packed. Calls made before see the former contract, later ones this one, which
   * {@link Explainer.model} and {@link Explainer.labels} tell once the promise is fulfilled. Where it is refused, all stays as it was.
   */
  async setContract(contract: Partial<ContractParts>, labels?: readonly string[]): Promise<void> {
    const own = this[self]();
    checkContract(contract);
    checkLabels(labels);
    const given = now({ ...contract, labels: labels ?? own.#parts.labels }, 'contract');
    await own.#enqueue({}, async (engine) => {
      await engine.setContract(given);
      own.#given = given;
    });
  }

  /** The SHA-256 of the model file in hexadecimal digits; null where the browser computes none: without HTTPS. */
  async modelHash(): Promise<string | null> {
    return this[self]().#enqueue({}, (engine) => engine.modelHash());
  }

  /**
   * How many threads compute on the CPU. In a page that is cross-origin isolated that is as many as the machine has
   * cores, 8 at most; they come in the moments after loading. Elsewhere, in `gradlens/direct` and beside WebGPU it is 1.
   *
   * @throws GradlensError `disposed`, `runtime-unavailable`
   */
  async threads(): Promise<number> {
    return this[self]().#enqueue({}, (engine) => engine.threads());
  }

  /** The `topK` (5 by default) most probable classes, best first. */
  classify(source: PictureSource, topK?: number, options?: CallOptions): Promise<Prediction[]>;
  /** The same with everything by name. */
  classify(source: PictureSource, request: ClassifyRequest): Promise<Prediction[]>;
  async classify(source: PictureSource, ...args: unknown[]): Promise<Prediction[]> {
    const { topK = 5, ...call } = byName<ClassifyRequest>(['topK'], args, optionsOf.call);
    checkCount('topK', topK, 1);
    const picture = await pictureOf(this[self]().#parts.decoder, source);
    return this[self]().#enqueue(call, (engine) =>
      engine.ask(call, 'classify', picture, Math.min(topK, this.labels.length)),
    );
  }

  /**
   * The map of one class by a method (`grad-cam++` by default); `null`, the default, stands for the most probable class,
   * or for `options.target`.
   */
  explain(
    source: PictureSource,
    classIdx?: number | null,
    method?: Method,
    options?: ExplainOptions,
  ): Promise<Explanation>;
  /** The same with everything by name. */
  explain(source: PictureSource, request: ExplainRequest): Promise<Explanation>;
  async explain(source: PictureSource, ...args: unknown[]): Promise<Explanation> {
    const request = byName<ExplainRequest>(['classIdx', 'method'], args, optionsOf.explain);
    const { classIdx = null, method, target, ...rest } = request;
    if (target !== undefined && (!isObject(target) || classIdx !== null)) {
      throw new GradlensError('invalid-target', 'explain takes a class or a target: with options.target, an object, the class is null');
    }
    const asked = target ?? classIdx;
    const [explanation] = await this[self]().#explain(source, asked === null ? [] : [asked], method, rest);
    if (!explanation) throw new GradlensError('internal', 'the core answered with no explanation');
    return explanation;
  }

  /**
   * One map a class, or another target, in the order asked, at the cost of one forward and one backward pass for all
   * of one output.
   */
  explainMany(source: PictureSource, targets: Targets, method?: Method, options?: ExplainManyOptions): Promise<Explanation[]>;
  /** The same with method and options by name. */
  explainMany(source: PictureSource, targets: Targets, request: MapRequest): Promise<Explanation[]>;
  async explainMany(source: PictureSource, targets: Targets, ...args: unknown[]): Promise<Explanation[]> {
    if (!(Array.isArray(targets) || isNumbers(targets)) || targets.length === 0) {
      throw new GradlensError('invalid-class', 'explainMany takes an array of at least one class index or target');
    }
    const { method, ...rest } = byName<MapRequest>(['method'], args, optionsOf.many);
    return this[self]().#explain(source, Array.from<Target>(targets), method, rest);
  }

  /** What a layer holds of a picture. */
  async activations(source: PictureSource, layer: Layer, options: TensorOptions = {}): Promise<Tensor> {
    checkLayer(layer);
    checkOptions(options, optionsOf.tensor);
    const [call, rest] = split(options);
    const picture = await pictureOf(this[self]().#parts.decoder, source);
    return this[self]().#enqueue(call, (engine) => engine.ask(call, 'activations', picture, layer, rest));
  }

  /** How the score of a class, or another target, changes with each number of a layer. */
  async gradients(source: PictureSource, target: Target, layer: Layer, options: TensorOptions = {}): Promise<Tensor> {
    const plain = plainTarget(target, this.labels.length);
    checkLayer(layer);
    checkOptions(options, optionsOf.tensor);
    const [call, rest] = split(options);
    const of = now(plain);
    const picture = await pictureOf(this[self]().#parts.decoder, source);
    return this[self]().#enqueue(call, (engine) => engine.ask(call, 'gradients', picture, of, layer, rest));
  }

  /**
   * The objects of a picture, surest first, each with its own map. They are found by the classifier
   * alone: windows of the picture are classified ({@link ModelInfo.objects} says how), and classes that are seen in
   * the same windows are one object.
   */
  async explainObjects(source: PictureSource, options: ObjectsOptions = {}): Promise<DetectedObject[]> {
    checkOptions(options, optionsOf.objects);
    const { method = 'grad-cam++', maxObjects = 8, minScore = 0.25, threshold = 0.5 } = options;
    checkMethod(method);
    checkCount('maxObjects', maxObjects, 1);
    checkShare('minScore', minScore);
    checkThreshold('threshold', threshold);
    const [call, given] = split(options);
    const rest = { ...given, maxObjects: Math.min(maxObjects, this.labels.length) };
    const picture = await pictureOf(this[self]().#parts.decoder, source);
    const objects = await this[self]().#enqueue(call, (engine) => engine.ask(call, 'explainObjects', picture, rest));
    return objects.map((raw) => DetectedObject.of(raw, this[self]().#wrapped(raw.explanation, picture)));
  }

  /**
   * How faithful each method's map (`grad-cam` and `grad-cam++` by default) of a class is; `null`, the default, stands
   * for the most probable class. Each masked copy of the picture is a run of the network.
   */
  faithfulness(
    source: PictureSource,
    classIdx?: number | null,
    methods?: readonly Method[],
    options?: FaithfulnessOptions,
  ): Promise<Faithfulness>;
  /** The same with everything by name. */
  faithfulness(source: PictureSource, request: FaithfulnessRequest): Promise<Faithfulness>;
  async faithfulness(source: PictureSource, ...args: unknown[]): Promise<Faithfulness> {
    const request = byName<FaithfulnessRequest>(['classIdx', 'methods'], args, optionsOf.faithfulness);
    const { classIdx = null, methods: ofMethods = ['grad-cam', 'grad-cam++'], ...options } = request;
    if (classIdx !== null) checkClass(classIdx, this.labels.length);
    if (!Array.isArray(ofMethods) || ofMethods.length === 0) {
      throw new GradlensError('unknown-method', `faithfulness takes an array of at least one method of ${listed(methods)}`);
    }
    for (const method of ofMethods) checkMethod(method);
    checkFaithfulnessOptions(options);
    const [call, rest] = split(options);
    const compared = now(ofMethods);
    const picture = await pictureOf(this[self]().#parts.decoder, source);
    if (rest.truth !== undefined) checkTruth(rest.truth, picture);
    return this[self]().#enqueue(call, (engine) => engine.ask(call, 'faithfulness', picture, classIdx, compared, rest));
  }

  /** Frees the network and its worker. Calls that wait, and later ones, fail with code `disposed`. */
  dispose(): void {
    const own = this[self]();
    if (own.#disposed) return;
    own.#disposed = true;
    abandoned.unregister(own.#holder);
    own.#holder.engine.dispose();
  }

  /** The same at the end of the block of a `using explainer = await load()`. */
  [dispose](): void {
    this.dispose();
  }

  get #info(): Info {
    return this.#holder.engine.info;
  }

  async #explain(
    source: PictureSource,
    targets: readonly Target[],
    method: Method = 'grad-cam++',
    options: ExplainManyOptions,
  ): Promise<Explanation[]> {
    const plain = targets.map((target) => plainTarget(target, this.labels.length));
    checkMethod(method);
    checkManyOptions(options);
    const [call, rest] = split(options);
    const of = now(plain);
    const picture = await pictureOf(this[self]().#parts.decoder, source);
    const explanations = await this.#enqueue(call, (engine) => engine.ask(call, 'explainMany', picture, of, method, rest));
    return explanations.map((raw) => this.#wrapped(raw, picture));
  }

  #wrapped(raw: RawExplanation, { width, height }: Picture): Explanation {
    // Not this explainer: an answer that is kept does not keep it.
    const holder = this.#holder;
    return Explanation.of(raw, width, height, (map, options) => holder.engine.paint(map, options));
  }

  /**
   * Runs a task after all that were enqueued before it, and whether or not those failed. A signal
   * drops a task that waits; of one that runs, nobody waits for the answer.
   */
  async #enqueue<T>({ signal }: CallOptions, task: (engine: Engine) => Promise<T>): Promise<T> {
    const run = this.#last.then(() => {
      if (this.#disposed) throw disposed();
      if (signal?.aborted) throw aborted('call', signal);
      return this.#orRestarted(task);
    });
    this.#last = run.then(() => this.#prepare(), () => undefined);
    try {
      return await unlessAborted(run, 'call', signal);
    } catch (error) {
      throw this.#disposed ? disposed() : toGradlensError(error);
    }
  }

  /** Runs a task, and once more on a new engine if the GPU failed. */
  async #orRestarted<T>(task: (engine: Engine) => Promise<T>): Promise<T> {
    if (this.#lost !== null) await this.#restart(this.#lost);
    const engine = this.#holder.engine;
    try {
      const answer = await task(engine);
      if (engine.info.backend === 'webgpu') this.#failures = 0;
      return answer;
    } catch (error) {
      const { code, message } = toGradlensError(error);
      if (engine.info.backend !== 'webgpu' || !gpuFailures.includes(code) || this.#disposed) throw error;
      engine.dispose();
      this.#failures += 1;
      // The rest is a trace of the driver's.
      this.#lost = message.split('\n', 1)[0]!;
      await this.#restart(this.#lost);
      return task(this.#holder.engine);
    }
  }

  /** Loads an engine in place of the one that was lost. Where that fails, the next call tries it again. */
  async #restart(reason: string): Promise<void> {
    const engine = await this.#parts.load();
    if (this.#given) await engine.setContract(this.#given);
    this.#holder.engine = engine;
    this.#lost = null;
    // A GPU that failed twice and answered nothing in between is not gone over to a third time.
    if (engine.info.successor && this.#failures > 1) this.#noSuccessor = reason;
    if (this.#disposed) this.#holder.engine.dispose();
    this.#parts.onRestart?.(reason);
  }

  /** Has the engine's successor loaded: not sooner, so that the first answer need not share the machine with it. */
  #prepare(): void {
    const { successor } = this.#info;
    if (!successor || this.#succession || this.#noSuccessor !== null || this.#disposed) return;
    this.#succession = true;
    void this.#succeed(successor);
  }

  async #succeed(successor: Backend): Promise<void> {
    // The adapter that there was not yet.
    if (this.#info.fallbackReason !== null && (await probeAdapter()).kind !== 'real') return;
    if (this.#disposed) return;
    await this.#parts.load(successor).then(
      // Between two calls.
      (next) => (this.#last = this.#last.then(() => this.#takeOver(next))),
      (error: unknown) => (this.#noSuccessor = toGradlensError(error).message),
    );
  }

  async #takeOver(next: Engine): Promise<void> {
    try {
      if (this.#given) await next.setContract(this.#given);
    } catch (error) {
      this.#noSuccessor = toGradlensError(error).message;
      return next.dispose();
    }
    if (this.#disposed) return next.dispose();
    this.#holder.engine.dispose();
    this.#holder.engine = next;
    this.#succession = false;
  }
}

/**
 * The arguments of a call by their names: they come in this order with the options behind them, or all in one object.
 *
 * @throws GradlensError `invalid-argument`
 */
function byName<Request extends object>(
  names: readonly (string & keyof Request)[],
  args: readonly unknown[],
  known: Readonly<Record<string, true>>,
): Request {
  const [first, ...others] = args;
  if (!isObject(first) || Array.isArray(first)) {
    const { [names.length]: options = {} } = args as object[];
    checkOptions(options, known);
    return { ...options, ...Object.fromEntries(names.map((name, at) => [name, args[at]])) } as Request;
  }
  checkOptions(first, { ...known, ...Object.fromEntries(names.map((name) => [name, true])) });
  if (others.some((other) => other !== undefined)) {
    throw new GradlensError('invalid-argument', `${listed(names)} and the options come one by one or in one object, not both`);
  }
  return first as Request;
}

/** What is of every call, and a copy of the rest, which is data alone. */
function split<T extends CallOptions>({ signal, onProgress, ...rest }: T): [CallOptions, Omit<T, keyof CallOptions>] {
  return [{ signal, onProgress }, now(rest)];
}
