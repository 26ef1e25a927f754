import type { Answer, Engine, Info, ModelFiles, Question, Questions } from './engine.js';
import { sha256 } from './hash.js';
import type { Host } from './host.js';
import type { LoadedModel } from './model.js';
import { type OverlayOptions, paintOverlay } from './overlay.js';
import type { Pixels } from './pixels.js';
import type { PlacedMap } from './smooth-map.js';
import type { Team } from './team.js';
import type { CallOptions, ModelInfo, SaidContract } from './types.js';
import type { Core } from './wasm/core.js';

/** The network in this thread. */
export class CoreEngine implements Engine {
  info: Info;
  readonly #core: Core;
  readonly #host: Host;
  readonly #model: LoadedModel;
  readonly #team: Team | null;
  #hash: Promise<string | null> | undefined;
  /** Settled when the last call is. */
  #idle: Promise<unknown> = Promise.resolve();

  constructor(core: Core, host: Host, model: LoadedModel, team: Team | null, standing: Omit<Info, 'labels' | 'model'>) {
    this.#core = core;
    this.#host = host;
    this.#model = model;
    this.#team = team;
    this.info = { ...standing, labels: core.labels(), model: modelInfo(core) };
  }

  ask<Q extends Question>(call: CallOptions, question: Q, ...about: Parameters<Questions[Q]>): Promise<Answer<Q>> {
    const method = this.#core[question] as (...about: Parameters<Questions[Q]>) => Promise<Answer<Q>>;
    this.#host.begin(call, this.info.model.layers);
    const answer = this.#host.orPanic(method.apply(this.#core, about));
    this.#idle = answer.catch(() => undefined).then(() => this.#host.end(call));
    return answer;
  }

  async setContract(given: SaidContract): Promise<void> {
    // A call that was aborted may still run.
    await this.#idle;
    this.#core.setContract(given);
    this.info = { ...this.info, labels: this.#core.labels(), model: modelInfo(this.#core) };
  }

  async threads(): Promise<number> {
    return this.#team?.size ?? 1;
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

  /** Frees the memory once no call uses it. */
  dispose(): void {
    // A core that panicked cannot be freed; its memory goes with the module.
    this.#idle.then(() => this.#core.free()).catch(() => undefined).then(() => this.#team?.end());
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
