import type { Answer, EngineOptions, Info, ModelFiles, Question, Questions } from './engine.js';
import type { Failure } from './errors.js';
import type { OverlayOptions } from './overlay.js';
import type { Pixels } from './pixels.js';
import type { PlacedMap } from './smooth-map.js';
import type { CallOptions, SaidContract } from './types.js';

/** What came of a call. */
export type Outcome<T> = { readonly value: T } | { readonly failure: Failure };

/** A worker as the page, or the worker that it helps, sees it. */
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
  /** What is known of the network then. */
  setContract(given: SaidContract): Promise<Outcome<Info>>;
  modelHash(): Promise<Outcome<string | null>>;
  threads(): Promise<Outcome<number>>;
  /** Copies of the model's files. */
  files(): Promise<Outcome<ModelFiles>>;
  paint(map: PlacedMap, options: OverlayOptions): Promise<Outcome<Pixels>>;
  /** Takes part in what the worker does that has this module in this memory; does not answer. */
  help(module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<void>;
}
