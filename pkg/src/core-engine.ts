import type { Host } from './host.js';
import type { Partner } from './partner.js';
import type {
  Engine,
  ExplainOptions,
  FaithfulnessOptions,
  Info,
  Method,
  ObjectsOptions,
  Picture,
  Signal,
} from './types.js';
import type { Core } from './wasm/core.js';

/** The network in this thread. One call at a time. */
export class CoreEngine implements Engine {
  readonly info: Info;
  /** Called once, after the first answer. */
  onFirstAnswer: () => void = () => undefined;
  readonly #core: Core;
  readonly #host: Host;
  /** Settled when the last call is. */
  #idle: Promise<unknown> = Promise.resolve();

  constructor(core: Core, host: Host, info: Omit<Info, 'labels'>) {
    this.#core = core;
    this.#host = host;
    this.info = { ...info, labels: core.labels() };
  }

  classify(picture: Picture, topK: number, signal: Signal) {
    return this.#run(signal, () => this.#core.classify(picture, topK));
  }

  explainMany(picture: Picture, classes: readonly number[], method: Method, options: ExplainOptions, signal: Signal) {
    return this.#run(signal, () => this.#core.explainMany(picture, Float64Array.from(classes), method, options));
  }

  explainObjects(picture: Picture, options: ObjectsOptions, signal: Signal) {
    return this.#run(signal, () => this.#core.explainObjects(picture, options));
  }

  faithfulness(
    picture: Picture,
    classIdx: number | null,
    methods: readonly Method[],
    options: FaithfulnessOptions,
    signal: Signal,
  ) {
    return this.#run(signal, () => this.#core.faithfulness(picture, classIdx ?? undefined, methods, options));
  }

  /** Has a second thread compute half of the network from the next call on. */
  shareWith(partner: Partner): void {
    this.#core.shareWith(partner);
  }

  /** Frees the memory once no call uses it. */
  dispose(): void {
    // A core that panicked cannot be freed; its memory goes with the module.
    this.#idle.then(() => this.#core.free()).catch(() => undefined);
  }

  #run<T>(signal: Signal, call: () => Promise<T>): Promise<T> {
    this.#host.signal = signal;
    const answer = this.#host.orPanic(call());
    this.#idle = answer.then(() => {
      this.onFirstAnswer();
      this.onFirstAnswer = () => undefined;
    }, () => undefined);
    return answer;
  }
}
