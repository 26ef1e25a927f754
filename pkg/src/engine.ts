import type { Faithfulness } from './faithfulness.js';
import type { OverlayOptions } from './overlay.js';
import type { Pixels } from './pixels.js';
import type { PlacedMap } from './smooth-map.js';
import type {
  Backend,
  CallOptions,
  ContractParts,
  ExplainManyOptions,
  FaithfulnessOptions,
  Layer,
  LoadOptions,
  Method,
  ModelInfo,
  ObjectsOptions,
  Picture,
  Prediction,
  Progress,
  RawExplanation,
  RawObject,
  SaidContract,
  Signal,
  Target,
  Tensor,
  TensorOptions,
} from './types.js';

/** A file that can be read more than once, and in a worker: an absolute address, a `Blob` or bytes. */
export type LastingSource = string | Blob | Uint8Array;

/** A step of loading, as {@link Progress} of one file. */
export type Step = Omit<Progress, 'fraction'>;

/** {@link LoadOptions} in the form that an engine takes, more than once if need be. */
export interface EngineOptions {
  backend?: LoadOptions['backend'] | undefined;
  labels?: LoadOptions['labels'] | undefined;
  contract?: Partial<ContractParts> | undefined;
  /** What files beside the model say of its contract. */
  read?: SaidContract | undefined;
  cache?: boolean | undefined;
  workerUrl?: LoadOptions['workerUrl'] | undefined;
  /** The model of this package if there is none. */
  model?: LastingSource | undefined;
  externalData?: Readonly<Record<string, LastingSource>> | undefined;
  /** For each backend the module's file, or the compiled module. */
  wasm?: Partial<Record<Backend, LastingSource | WebAssembly.Module | undefined>> | undefined;
  onProgress?: ((step: Step) => void) | undefined;
  signal?: Signal;
}

/** What makes an engine. */
export type LoadEngine = (options: EngineOptions) => Promise<Engine>;

/** The files of a model, as they were read. */
export type ModelFiles = Required<Pick<EngineOptions, 'model' | 'externalData'>>;

/** What is known of a loaded network. */
export interface Info {
  readonly backend: Backend;
  /** The WebAssembly module that it runs in. */
  readonly module: WebAssembly.Module;
  /** Why `auto` does not take WebGPU, or null if it does or was not asked. */
  readonly fallbackReason: string | null;
  /** What is to take over after the first answer, and if there is a {@link fallbackReason}, only if that is gone; or null. */
  readonly successor: Backend | null;
  /** The class labels, by class index. */
  readonly labels: readonly string[];
  readonly model: ModelInfo;
}

/** What can be asked of a network. */
export interface Questions {
  classify(picture: Picture, topK: number): Promise<Prediction[]>;
  /** No targets means the most probable class. */
  explainMany(
    picture: Picture,
    targets: readonly Target[],
    method: Method,
    options: ExplainManyOptions,
  ): Promise<RawExplanation[]>;
  explainObjects(picture: Picture, options: ObjectsOptions): Promise<RawObject[]>;
  /** A null class means the most probable one. */
  faithfulness(
    picture: Picture,
    classIdx: number | null,
    methods: readonly Method[],
    options: FaithfulnessOptions,
  ): Promise<Faithfulness>;
  activations(picture: Picture, layer: Layer, options: TensorOptions): Promise<Tensor>;
  gradients(picture: Picture, target: Target, layer: Layer, options: TensorOptions): Promise<Tensor>;
}

export type Question = keyof Questions;
export type Answer<Q extends Question> = Awaited<ReturnType<Questions[Q]>>;

/** What an explainer runs on: the network in this thread, or a worker that holds it. */
export interface Engine {
  readonly info: Info;
  /** One question at a time, until the call's signal ends it. */
  ask<Q extends Question>(call: CallOptions, question: Q, ...about: Parameters<Questions[Q]>): Promise<Answer<Q>>;
  /** Takes what the caller says of the contract now, in place of what was said before; {@link info} is of it then. */
  setContract(given: SaidContract): Promise<void>;
  /** The SHA-256 of the model file in hexadecimal digits; null where the browser computes none. */
  modelHash(): Promise<string | null>;
  /** How many threads compute on the CPU so far. */
  threads(): Promise<number>;
  /** What it was made from, so that another one need not fetch it. */
  files(): Promise<ModelFiles>;
  /** Paints a map in the thread of the network. */
  paint(map: PlacedMap, options: OverlayOptions): Promise<Pixels>;
  dispose(): void;
}
