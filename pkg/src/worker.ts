/**
 * The worker's side: holds the network and answers the page. Failures travel as plain data, since
 * an error's own fields do not survive a message.
 *
 * @module
 */
import { expose } from 'comlink';
import { Assistant, mayShare } from './assistant.js';
import { loadEngine } from './engine.js';
import { type Failure, GradlensError, toGradlensError } from './errors.js';
import { holdLifeline } from './lifeline.js';
import { Partner } from './partner.js';
import { loadRuntime } from './runtime.js';
import type {
  Engine,
  EngineOptions,
  ExplainOptions,
  FaithfulnessOptions,
  Method,
  ObjectsOptions,
  Picture,
  Progress,
  Signal,
} from './types.js';

/** What came of a call. */
export type Outcome<T> = { readonly value: T } | { readonly failure: Failure };

let engine: Engine | undefined;
/** Runs the other half of the network than the worker that this one assists. */
let assist: ((input: Float32Array, dims: Uint32Array) => void) | undefined;

/** The calls that can be aborted, by their number. */
const running = new Map<number, AbortController>();

async function outcome<T>(task: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await task() };
  } catch (error) {
    const { code, message } = toGradlensError(error);
    return { failure: { code, message } };
  }
}

/** Runs a call; with a number, until it is aborted by it. */
async function call<T>(id: number | null, task: (engine: Engine, signal: Signal) => Promise<T>): Promise<Outcome<T>> {
  if (id === null) return outcome(() => task(loaded(), undefined));
  const stop = new AbortController();
  running.set(id, stop);
  try {
    return await outcome(() => task(loaded(), stop.signal));
  } finally {
    running.delete(id);
  }
}

function loaded(): Engine {
  if (!engine) throw new GradlensError('internal', 'the worker was asked before it was loaded');
  return engine;
}

const service = {
  hold: holdLifeline,
  load: (options: EngineOptions, onProgress: (progress: Progress) => void) =>
    outcome(async () => {
      engine = await loadEngine({ ...options, onProgress, startAssistant: mayShare() ? Assistant.start : undefined });
      return engine.info;
    }),
  /** Makes this worker the second thread of another one. */
  equip: async (module: WebAssembly.Module, model: Uint8Array, memory: SharedArrayBuffer) => {
    const { core } = await loadRuntime('cpu', { wasm: { cpu: module } }, () => undefined);
    const [assistant, partner] = [core.loadAssistant(model), new Partner(memory, 1)];
    assist = (input, dims) => {
      try {
        assistant.assist(partner, input, dims);
      } catch (error) {
        partner.leave();
        throw error;
      }
    };
  },
  assist: (input: Float32Array, dims: Uint32Array) => assist?.(input, dims),
  abort: (id: number) => running.get(id)?.abort(),
  classify: (id: number | null, picture: Picture, topK: number) =>
    call(id, (engine, signal) => engine.classify(picture, topK, signal)),
  explainMany: (
    id: number | null,
    picture: Picture,
    classes: readonly number[],
    method: Method,
    options: ExplainOptions,
  ) => call(id, (engine, signal) => engine.explainMany(picture, classes, method, options, signal)),
  explainObjects: (id: number | null, picture: Picture, options: ObjectsOptions) =>
    call(id, (engine, signal) => engine.explainObjects(picture, options, signal)),
  faithfulness: (
    id: number | null,
    picture: Picture,
    classIdx: number | null,
    methods: readonly Method[],
    options: FaithfulnessOptions,
  ) => call(id, (engine, signal) => engine.faithfulness(picture, classIdx, methods, options, signal)),
};

/** The worker as the page sees it. */
export type Service = typeof service;

expose(service);
