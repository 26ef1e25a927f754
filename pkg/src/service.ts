import type { Answer, EngineOptions, Info, ModelFiles, Question, Questions } from './engine.js';
import type { Failure } from './errors.js';
import type { OverlayOptions } from './overlay.js';
import type { Pixels } from './pixels.js';
import type { PlacedMap } from './smooth-map.js';
import type { CallOptions } from './types.js';
import type { CoreOptions } from './wasm/core.js';

/** What came of a call. */
export type Outcome<T> = { readonly value: T } | { readonly failure: Failure };

/** A worker as the page, or the worker that it assists, sees it. */
export interface Service {
  /** Takes a lock and keeps it until the worker ends; `false` where there are no locks. */
  hold(lifeline: string): Promise<boolean>;
  load(options: EngineOptions, onProgress: EngineOptions['onProgress']): Promise<Outcome<Info>>;
  /** A call with a number can be aborted by it. */
  ask<Q extends Question>(
    id: number | null,
    onProgress: CallOptions['onProgress'],
    question: Q,
    about: Parameters<Questions[Q]>,
  ): Promise<Outcome<Answer<Q>>>;
  abort(id: number): Promise<void>;
  modelHash(): Promise<Outcome<string | null>>;
  /** Copies of the model's files. */
  files(): Promise<Outcome<ModelFiles>>;
  paint(map: PlacedMap, options: OverlayOptions): Promise<Outcome<Pixels>>;
  /** Makes this worker the second thread of another one, at the same model. */
  equip(module: WebAssembly.Module, model: Uint8Array, options: CoreOptions, memory: SharedArrayBuffer): Promise<void>;
  /** Runs the other half of the network on an input. */
  assist(input: Float32Array, shape: Uint32Array, wanted: Uint32Array): Promise<void>;
}
