import type { Answer, Engine, Info, ModelFiles, Question, Questions } from './engine.js';
import { sha256 } from './hash.js';
import type { Host } from './host.js';
import type { LoadedModel } from './model.js';
import { type OverlayOptions, paintOverlay } from './overlay.js';
import type { Partner } from './partner.js';
import type { Pixels } from './pixels.js';
import type { PlacedMap } from './smooth-map.js';
import type { CallOptions, ModelInfo } from './types.js';
import type { Core } from './wasm/core.js';

/** The network in this thread. */
export class CoreEngine implements Engine {
  readonly info: Info;
  /** Called once, after the first answer. */
  onFirstAnswer: () => void = () => undefined;
  readonly #core: Core;
  readonly #host: Host;
  readonly #model: LoadedModel;
  #hash: Promise<string | null> | undefined;
  /** Settled when the last call is. */
  #idle: Promise<unknown> = Promise.resolve();

  constructor(core: Core, host: Host, model: LoadedModel, standing: Omit<Info, 'labels' | 'model'>) {
    this.#core = core;
    this.#host = host;
    this.#model = model;
    this.info = { ...standing, labels: core.labels(), model: modelInfo(core) };
  }

  ask<Q extends Question>(call: CallOptions, question: Q, ...about: Parameters<Questions[Q]>): Promise<Answer<Q>> {
    const method = this.#core[question] as (...about: Parameters<Questions[Q]>) => Promise<Answer<Q>>;
    this.#host.begin(call, this.info.model.layers);
    const answer = this.#host.orPanic(method.apply(this.#core, about));
    this.#idle = answer
      .then(() => {
        this.onFirstAnswer();
        this.onFirstAnswer = () => undefined;
      }, () => undefined)
      .then(() => this.#host.end(call));
    return answer;
  }

  modelHash(): Promise<string | null> {
    return (this.#hash ??= sha256(this.#model.bytes));
  }

  async files(): Promise<ModelFiles> {
    const { bytes: model, externalData = [] } = this.#model;
    return { model, externalData: Object.fromEntries(externalData) };
  }

  async paint(map: PlacedMap, options: OverlayOptions): Promise<Pixels> {
    return paintOverlay(map, options);
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
}

function modelInfo(core: Core): ModelInfo {
  const { defaultLayers, operators, metadata, ...rest } = core.model();
  return {
    ...rest,
    defaultLayers: Object.fromEntries(defaultLayers),
    operators: Object.fromEntries(operators),
    metadata: Object.fromEntries(metadata),
  };
}
