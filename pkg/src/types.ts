import type { Assistant } from './assistant.js';
import type { Faithfulness } from './faithfulness.js';
import type { Source } from './fetch.js';

/** The maps that can be made; see the README for their equations. */
export const methods = ['cam', 'grad-cam', 'grad-cam++', 'hires-cam', 'layer-cam', 'xgrad-cam'] as const;
/** How a map is made of activation and gradient. */
export type Method = (typeof methods)[number];

/** The places in the network where a map can be taken. */
export const layers = ['features', 'head'] as const;
/**
 * A target layer: `features` is the output of the last MBConv block (320 channels, linear), `head`
 * what the classifier pools (1280 channels, after a ReLU6).
 */
export type Layer = (typeof layers)[number];

/** What {@link LoadOptions.backend} may be. */
export const backends = ['auto', 'webgpu', 'cpu'] as const;
/** What the network runs on. */
export type Backend = 'webgpu' | 'cpu';

/** What `load` takes. */
export interface LoadOptions {
  /**
   * `auto` (the default) begins on the CPU, which is ready sooner. Where there is a real WebGPU adapter, it
   * loads that after the first answer, and goes over to it if a test agrees with the CPU's;
   * {@link Explainer.backend} says where it is, and {@link Explainer.fallbackReason} why it stays on the CPU.
   */
  backend?: (typeof backends)[number];
  /** Where the model file is; by default the one in this package. Any file of `cargo xtask model` will do. */
  modelUrl?: string | URL;
  /** The model file itself, or an answer to a request for it; an address is as good. */
  model?: Source;
  /** Names for the model's classes in place of its own, by class index. */
  labels?: readonly string[];
  /**
   * Whether the model of this package is kept in the browser's Cache API, so that it is downloaded once;
   * `true` by default. Where storage is denied it is not kept. A model of your own is yours to cache.
   */
  cache?: boolean;
  /** Where the WebAssembly modules are; by default in this package. */
  wasmUrl?: {
    /** The address of `gradlens/cpu.wasm`, or of `gradlens/cpu-relaxed.wasm` where the browser has relaxed SIMD. */
    cpu?: string | URL;
    /** The address of `gradlens/webgpu.wasm`. */
    webgpu?: string | URL;
  };
  /** The modules themselves: bytes, an answer to a request for them, or compiled. */
  wasm?: WasmSources;
  /**
   * Where the worker's script, `dist/worker.js`, is: for bundlers that do not copy it, or that put it on
   * another origin, from where it is started through a blob.
   */
  workerUrl?: string | URL;
  /** Told about the progress of loading. */
  onProgress?: (progress: Progress) => void;
  /**
   * Told when the GPU failed during a call and the network was loaded anew, on a new device or the CPU
   * ({@link Explainer.backend}), where the call was then repeated once.
   */
  onRestart?: (reason: string) => void;
  /** Ends the loading: `load` then rejects with code `aborted`. */
  signal?: AbortSignal;
}

/** The WebAssembly module of each backend, or one of them. */
export interface WasmSources {
  /** `gradlens/cpu.wasm` or `gradlens/cpu-relaxed.wasm` */
  cpu?: Source | WebAssembly.Module;
  /** `gradlens/webgpu.wasm` */
  webgpu?: Source | WebAssembly.Module;
}

/** How far loading has come. */
export interface Progress {
  /** `runtime`: the WebAssembly module; `model`: the weights; `check`: the network is set up and tried. */
  phase: 'runtime' | 'model' | 'check';
  /** Bytes so far. */
  loaded: number;
  /** Bytes in all, where the server says so. */
  total: number | null;
}

/** What every call takes. */
export interface CallOptions {
  /**
   * Ends the call, which then rejects with code `aborted`. A call that waits in the queue is dropped; one
   * that runs is not waited for, and stops at the end of its stage.
   */
  signal?: AbortSignal | undefined;
}

/** What is asked of `explain` besides class and method. */
export interface ExplainOptions extends CallOptions {
  /** Where the map is taken; by default `head` for `cam` and `xgrad-cam`, else `features`. */
  layer?: Layer;
  /** At which size the network sees the picture; 224 by default, 320 or 448 give finer maps. */
  inputSize?: InputSize;
}

/**
 * At which size the network sees a picture: its short side, its long side, or width and height
 * exactly. Multiples of 32. With one side given the other keeps the aspect, up to 4 : 1. A picture
 * that has exactly this size is not resampled.
 */
export type InputSize =
  | number
  | {
      /** The longer side in pixels. */
      longSide: number;
    }
  | {
      /** In pixels. */
      width: number;
      /** In pixels. */
      height: number;
    };

/** What is asked of `explainObjects`. */
export interface ObjectsOptions extends CallOptions {
  /** How each object's map is made; `grad-cam++` by default. */
  method?: Method;
  /** As in {@link ExplainOptions}. */
  layer?: Layer;
  /** At which size the network sees the picture; `{ longSide: 448 }` by default. */
  inputSize?: InputSize;
  /** The most objects to report; 8 by default. */
  maxObjects?: number;
  /** The least score of an object and of its alternatives, in [0, 1]; 0.2 by default. */
  minScore?: number;
  /** Share of a map's maximum from which on a place belongs to a region, in (0, 1]; 0.5 by default. */
  threshold?: number;
}

/** What is asked of `faithfulness` besides class and methods. */
export interface FaithfulnessOptions extends CallOptions {
  /** Where the maps are taken; each method's own layer by default. */
  layer?: Layer;
  /** At which size the network sees the picture, whole and masked; 224 by default. */
  inputSize?: InputSize;
  /**
   * In how many steps the picture is deleted and inserted for the curves; 0, the default, means no
   * curves. Each step costs two runs of the network a method.
   */
  curveSteps?: number;
  /** Where the object is, for the measures of localisation: a box, or a mask of the picture's size. */
  truth?: Box | Uint8Array;
  /** δ of equation 26: the share of a map's maximum from which on a place counts; 0.5 by default. */
  delta?: number;
}

/** A rectangle in pixels of the picture, from its top left corner. */
export interface Box {
  /** Of its left edge, 0 at the picture's. */
  x: number;
  /** Of its top edge, 0 at the picture's. */
  y: number;
  /** From its left edge to its right. */
  width: number;
  /** From its top edge to its bottom. */
  height: number;
}

/** A connected part of a map that reaches the threshold. */
export interface Region {
  /** The smallest box around it. */
  box: Box;
  /** Its share of the picture's area. */
  area: number;
  /** Its highest value, in [0, 1]. */
  peak: number;
}

/** A class that a part of the picture shows, and how sure the network is of it there. */
export interface Candidate {
  /** Index of the class. */
  classIdx: number;
  /** Its label. */
  label: string;
  /** Softmax score in [0, 1] of the window where it is highest. */
  score: number;
}

/** One class and the probability that the network gives it. */
export interface Prediction {
  /** Index of the class. */
  classIdx: number;
  /** Its label. */
  label: string;
  /** Softmax score in [0, 1], with the picture's short side seen at 224. */
  probability: number;
}

/** What is known of a loaded network. */
export interface Info {
  readonly backend: Backend;
  /** Why `auto` does not take WebGPU, or null if it does or was not asked. */
  readonly fallbackReason: string | null;
  /** What is to take over after the first answer; null if this one stays. */
  readonly successor: Backend | null;
  /** The class labels, by class index. */
  readonly labels: readonly string[];
}

/** A picture: an `ImageData`, or anything of its shape (RGBA, 8 bits a channel). */
export interface Picture {
  /** Red, green, blue and alpha of each pixel from 0 to 255, row-major: 4 · width · height values. */
  readonly data: Uint8ClampedArray;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
}

/** An explanation as plain data, before it is wrapped. */
export interface RawExplanation extends Prediction {
  logit: number;
  method: Method;
  layer: Layer;
  backend: Backend;
  raw: Float32Array;
  rawWidth: number;
  rawHeight: number;
}

/** An object as plain data, before its explanation is wrapped. */
export interface RawObject extends Candidate {
  box: Box | null;
  regions: Region[];
  alternatives: Candidate[];
  explanation: RawExplanation;
}

/** What ends a call, if anything does. */
export type Signal = AbortSignal | undefined;

/** {@link LoadOptions} in the form that an engine takes, more than once if need be. */
export interface EngineOptions {
  backend?: LoadOptions['backend'] | undefined;
  labels?: LoadOptions['labels'] | undefined;
  cache?: boolean | undefined;
  workerUrl?: string | URL | undefined;
  /** An absolute address or bytes; the model of this package if there is neither. */
  model?: string | Uint8Array | undefined;
  /** For each backend likewise, or a compiled module. */
  wasm?: Partial<Record<Backend, string | Uint8Array | WebAssembly.Module | undefined>> | undefined;
  onProgress?: LoadOptions['onProgress'] | undefined;
  signal?: Signal;
  /** Starts a second thread for the CPU's work, where there may be one. */
  startAssistant?: (() => Assistant | null) | undefined;
}

/** What an explainer runs on: the network in this thread, or a worker that holds it. */
export interface Engine {
  readonly info: Info;
  classify(picture: Picture, topK: number, signal: Signal): Promise<Prediction[]>;
  /** No classes means the most probable one. */
  explainMany(
    picture: Picture,
    classes: readonly number[],
    method: Method,
    options: ExplainOptions,
    signal: Signal,
  ): Promise<RawExplanation[]>;
  explainObjects(picture: Picture, options: ObjectsOptions, signal: Signal): Promise<RawObject[]>;
  /** A null class means the most probable one. */
  faithfulness(
    picture: Picture,
    classIdx: number | null,
    methods: readonly Method[],
    options: FaithfulnessOptions,
    signal: Signal,
  ): Promise<Faithfulness>;
  dispose(): void;
}
