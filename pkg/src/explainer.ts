import { GradlensError, disposed, listed, toGradlensError } from './errors.js';
import { Explanation } from './explanation.js';
import type { Faithfulness } from './faithfulness.js';
import { DetectedObject } from './objects.js';
import {
  type Backend,
  type Box,
  type Engine,
  type ExplainOptions,
  type FaithfulnessOptions,
  type Method,
  type ObjectsOptions,
  type Picture,
  type Prediction,
  layers,
  methods,
} from './types.js';

/** A loaded network that answers about pictures. Calls may overlap: they queue. */
export class Explainer {
  readonly #engine: Engine;
  /** The last call in the queue, settled either way. */
  #last: Promise<unknown> = Promise.resolve();
  #disposed = false;

  /** @internal */
  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** What the network runs on. */
  get backend(): Backend {
    return this.#engine.info.backend;
  }

  /** Why `auto` did not take WebGPU, or null if it did or was not asked. */
  get fallbackReason(): string | null {
    return this.#engine.info.fallbackReason;
  }

  /** The class labels, by class index. */
  get labels(): readonly string[] {
    return this.#engine.info.labels;
  }

  /** The `topK` most probable classes, best first. */
  async classify(imageData: Picture, topK = 5): Promise<Prediction[]> {
    checkPicture(imageData);
    checkCount('topK', topK, 1);
    return this.#enqueue(() => this.#engine.classify(imageData, topK));
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
    const { method = 'grad-cam++', layer, maxObjects = 8, minScore = 0.2, threshold = 0.5 } = options;
    checkName('method', method, methods);
    if (layer !== undefined) checkName('layer', layer, layers);
    checkCount('maxObjects', maxObjects, 1);
    checkShare('minScore', minScore);
    checkThreshold('threshold', threshold);
    const objects = await this.#enqueue(() => this.#engine.explainObjects(imageData, options));
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
    const { layer, curveSteps = 0, truth, delta = 0.5 } = options;
    if (layer !== undefined) checkName('layer', layer, layers);
    checkCount('curveSteps', curveSteps, 0);
    checkThreshold('delta', delta);
    if (truth !== undefined) checkTruth(truth, imageData);
    return this.#enqueue(() => this.#engine.faithfulness(imageData, classIdx, ofMethods, options));
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
    if (options.layer !== undefined) checkName('layer', options.layer, layers);
    const explanations = await this.#enqueue(() => this.#engine.explainMany(picture, classes, method, options));
    return explanations.map((raw) => new Explanation(raw, picture.width, picture.height));
  }

  /** Runs a task after all that were enqueued before it, and whether or not those failed. */
  async #enqueue<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#last.then(() => {
      if (this.#disposed) throw disposed();
      return task();
    });
    this.#last = run.catch(() => undefined);
    try {
      return await run;
    } catch (error) {
      throw this.#disposed ? disposed() : toGradlensError(error);
    }
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

function checkName(kind: 'method' | 'layer', name: string, known: readonly string[]): void {
  if (!known.includes(name)) {
    throw new GradlensError(`unknown-${kind}`, `there is no ${kind} "${name}"; the ${kind}s are ${listed(known)}`);
  }
}

function checkOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) {
    throw new GradlensError('invalid-argument', `the options are ${String(options)}; they must be an object`);
  }
}

function checkCount(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    throw new GradlensError('invalid-argument', `${name} is ${value}; it must be a whole number of at least ${least}`);
  }
}

function checkShare(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) {
    throw new GradlensError('invalid-argument', `${name} is ${value}; it goes from 0 to 1`);
  }
}

function checkThreshold(name: string, value: number): void {
  if (!(value > 0 && value <= 1)) {
    throw new GradlensError('invalid-argument', `${name} is ${value}; it must be above 0 and at most 1`);
  }
}

function checkTruth(truth: Box | Uint8Array, { width, height }: Picture): void {
  if (truth instanceof Uint8Array) {
    if (truth.length === width * height) return;
    throw new GradlensError(
      'invalid-argument',
      `the mask has ${truth.length} values; a mask of this picture has ${width} x ${height} = ${width * height}`,
    );
  }
  const { x, y, width: w, height: h } = truth ?? {};
  if (!([x, y, w, h].every(Number.isFinite) && w > 0 && h > 0 && x < width && y < height && x + w > 0 && y + h > 0)) {
    throw new GradlensError(
      'invalid-argument',
      'truth is neither a mask nor a box { x, y, width, height } in pixels that covers a part of the picture',
    );
  }
}

/** What the core cannot see: that the thing has the shape of an ImageData. The core checks the rest. */
function checkPicture(picture: unknown): asserts picture is Picture {
  const { data, width, height } = (picture ?? {}) as Partial<Picture>;
  if (!(data instanceof Uint8ClampedArray) || !isSize(width) || !isSize(height)) {
    throw new GradlensError(
      'invalid-image',
      'the picture is not an ImageData with 8 bits a channel; get one from a canvas with getImageData',
    );
  }
}

function isSize(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
