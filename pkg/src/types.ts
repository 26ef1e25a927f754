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
   * `auto` (the default) takes WebGPU where there is a real adapter and its first answer agrees with
   * the CPU's, and the CPU otherwise; {@link Info.fallbackReason} then says why.
   */
  backend?: (typeof backends)[number];
  /** The model file; by default the one in this package. */
  modelUrl?: string | URL;
  /** Told about the progress of loading. */
  onProgress?: (progress: Progress) => void;
  /** Ends the loading: `load` then rejects with code `aborted`. */
  signal?: AbortSignal;
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

/** What is asked of `explain` besides class and method. */
export interface ExplainOptions {
  /** Where the map is taken; by default `head` for `cam` and `xgrad-cam`, else `features`. */
  layer?: Layer;
  /**
   * At which size the network sees the picture: its short side (224 by default; 320 or 448 give
   * finer maps), or width and height exactly. Multiples of 32. A picture that has exactly this size
   * is not resampled. With a short side the long one keeps the aspect, up to 4 : 1.
   */
  inputSize?: number | { width: number; height: number };
}

/** One class and the probability that the network gives it. */
export interface Prediction {
  classIdx: number;
  label: string;
  /** Softmax score in [0, 1], with the picture's short side seen at 224. */
  probability: number;
}

/** What is known of a loaded network. */
export interface Info {
  readonly backend: Backend;
  /** Why `auto` did not take WebGPU, or null if it did or was not asked. */
  readonly fallbackReason: string | null;
  /** The class labels, by class index. */
  readonly labels: readonly string[];
}

/** A picture: an `ImageData`, or anything of its shape (RGBA, 8 bits a channel). */
export interface Picture {
  readonly data: Uint8ClampedArray;
  readonly width: number;
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

/** What an explainer runs on: the network in this thread, or a worker that holds it. */
export interface Engine {
  readonly info: Info;
  classify(picture: Picture, topK: number): Promise<Prediction[]>;
  /** No classes means the most probable one. */
  explainMany(
    picture: Picture,
    classes: readonly number[],
    method: Method,
    options: ExplainOptions,
  ): Promise<RawExplanation[]>;
  dispose(): void;
}
