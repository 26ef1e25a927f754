import { GradlensError, disposed, listed, toGradlensError } from './errors.js';
import { Explanation } from './explanation.js';
import {
  type Backend,
  type Engine,
  type ExplainOptions,
  type Method,
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
    if (!Number.isInteger(topK) || topK < 1) {
      throw new GradlensError('invalid-argument', `topK is ${topK}; it must be a whole number of at least 1`);
    }
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
