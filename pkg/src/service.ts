import type { Answer, EngineOptions, Info, ModelFiles, Question, Questions } from './engine.js';
import type { Failure } from './errors.js';
import type { CallOptions, SaidContract } from './types.js';
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
  /** What is known of the network then. */
  setContract(given: SaidContract): Promise<Outcome<Info>>;
  modelHash(): Promise<Outcome<string | null>>;
  /** Copies of the model's files. */
  files(): Promise<Outcome<ModelFiles>>;
  /** Makes this worker the second thread of another one, at the same model. */
  equip(module: WebAssembly.Module, model: Uint8Array, options: CoreOptions, memory: SharedArrayBuffer): Promise<void>;
  /** Has the assistant take what the caller of the other worker says of the contract now. */
  conform(given: SaidContract): Promise<void>;
  /** Runs the other half of the network on an input. */
  assist(input: Float32Array, shape: Uint32Array, wanted: Uint32Array): Promise<void>;
}
