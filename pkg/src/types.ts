// What callers give and get, as data. Imports nothing.

/**
 * The maps that can be made, by what they are made of: a layer's activation weighed by gradients, the activation alone, attention,
 * scores of changed pictures or layers, or gradients of the picture's pixels. `docs/methods.md` has their equations.
 */
export const methodFamilies = {
  /** A layer, weighed by the gradients there. */
  gradient: [
    'cam',
    'grad-cam',
    'grad-cam++',
    'grad-cam++-normalised',
    'grad-cam++-softmax',
    'smooth-grad-cam++',
    'hires-cam',
    'grad-cam-elementwise',
    'layer-cam',
    'xgrad-cam',
    'eigengrad-cam',
  ],
  /** A layer alone. */
  activation: ['eigen-cam'],
  /** What the blocks of a transformer with a class token look at. */
  attention: ['attention-rollout', 'legrad'],
  /** The scores of pictures or layers that are changed. */
  score: ['ablation-cam', 'score-cam', 'occlusion', 'rise'],
  /** The gradients of the picture's pixels. */
  pixel: [
    'input-gradients',
    'guided-backpropagation',
    'guided-grad-cam',
    'guided-grad-cam++',
    'smooth-grad',
    'integrated-gradients',
  ],
} as const;
/** What methods have in common. */
export type MethodFamily = keyof typeof methodFamilies;
/** How a map is made. */
export type Method = (typeof methodFamilies)[MethodFamily][number];
/** Every method, family by family. */
export const methods: readonly Method[] = Object.values(methodFamilies).flat();

/**
 * A target layer by its name: that of a value of the ONNX file, or what the file calls it. {@link ModelInfo.layers}
 * lists them; in the network of this package they have the names `features`, the output of the last MBConv block
 * (320 channels, linear), and `head`, what the classifier pools (1280 channels, after a ReLU6).
 */
export type Layer = string;

/** What {@link LoadOptions.backend} may be. */
export const backends = ['auto', 'webgpu', 'cpu'] as const;
/** What the network runs on. */
export type Backend = 'webgpu' | 'cpu';

/**
 * A file: its address, an answer to a request for it, a `File` or another `Blob`, or its bytes. Bytes are taken over:
 * they may move to the worker, and must not change any more. What is named by an address or a `Blob` is read once,
 * where it is used.
 */
export type Source = string | URL | Response | Blob | ArrayBuffer | ArrayBufferView;

/**
 * A network's files, in any order: a `FileList`, an array of `File`s or addresses, or a single `.zip`. Their kinds are
 * known by their names: in a folder that of a `File` is its `webkitRelativePath`.
 */
export type Files = Source | ArrayLike<Source>;

/** What `load` takes. */
export interface LoadOptions {
  /**
   * `auto` (the default) begins on the CPU, which is ready sooner. Where there is a real WebGPU adapter, it
   * loads that after the first answer, and goes over to it if a test agrees with the CPU's;
   * {@link Explainer.backend} says where it is, and {@link Explainer.fallbackReason} why it stays on the CPU.
   */
  backend?: (typeof backends)[number];
  /** An ONNX file that classifies pictures; by default the EfficientNet-Lite0 in this package. */
  model?: Source;
  /**
   * The network as people have it: the `.onnx` file, if it is not the {@link model}, or a Teachable Machine export
   * (`model.json`, `weights.bin`, `metadata.json`; also another layers model of TensorFlow.js); the files that it keeps its
   * weights in; and what says its contract: timm's or transformers' `config.json`, `preprocessor_config.json`,
   * `metadata.json`, labels (`.txt`, `.csv`, `.json`). Of two that say the same the later one counts, texts of labels more
   * than JSON, and {@link labels} and {@link contract} most. Other files of a folder do not matter. None by default.
   */
  files?: Files;
  /** Files in which the {@link model} keeps its weights apart, by the names that it calls them; by default those among the {@link files}. */
  externalData?: Readonly<Record<string, Source>>;
  /** Names for the model's classes, by class index; by default its own, or those of a file among the {@link files}. */
  labels?: readonly string[];
  /**
   * What the network expects of a picture and means by its scores, as far as it is known: a wrong guess still gives
   * plausible answers. By default what the file, or one among the {@link files}, says, or else a guess by custom:
   * {@link ModelInfo.contract} says what it is taken for, and from where that is known.
   */
  contract?: Partial<ContractParts>;
  /**
   * Whether the model of this package is kept in the browser's Cache API, so that it is downloaded once;
   * `true` by default. Where storage is denied it is not kept. A model of your own is yours to cache.
   */
  cache?: boolean;
  /** Where the WebAssembly modules are; by default in this package. */
  wasmUrl?: {
    /**
     * The address of `gradlens/cpu.wasm`, or of `gradlens/cpu-relaxed.wasm` where the browser has relaxed SIMD; by default
     * in this package.
     */
    cpu?: string | URL;
    /** The address of `gradlens/webgpu.wasm`; by default in this package. */
    webgpu?: string | URL;
  };
  /** The modules themselves: bytes, an answer to a request for them, or compiled; by default fetched from {@link wasmUrl}. */
  wasm?: WasmSources;
  /**
   * Where the worker's script, `dist/worker.js` (of `gradlens/cpu`, `dist/cpu-worker.js`), is: for bundlers that do not copy it, or that put it on
   * another origin, from where it is started through a blob. Or a `TrustedScriptURL`, in a page that requires Trusted
   * Types and does not allow this package's policy, `gradlens`. By default beside the script that asks for it.
   */
  workerUrl?: string | URL | TrustedAddress;
  /** Told about the progress of loading, about once a percent; nobody by default. */
  onProgress?: (progress: Progress) => void;
  /**
   * Told when the GPU failed during a call, or computed what the CPU does not, and the network was loaded anew, on a new
   * device or the CPU ({@link Explainer.backend}), where the call was then repeated once; nobody by default.
   */
  onRestart?: (reason: string) => void;
  /** Ends the loading: `load` then rejects with code `aborted`. None by default. */
  signal?: AbortSignal;
}

/** What `load` takes of entries without the model of this package. */
export interface OwnModelOptions extends LoadOptions {
  /** An ONNX file that classifies pictures. */
  model: Source;
}

/** A `TrustedScriptURL`, of which TypeScript does not know. */
export interface TrustedAddress {
  /** The address. */
  toJSON(): string;
}

/** The WebAssembly module of each backend, or one of them. */
export interface WasmSources {
  /** `gradlens/cpu.wasm` or `gradlens/cpu-relaxed.wasm`; by default fetched from {@link LoadOptions.wasmUrl}. */
  cpu?: Source | WebAssembly.Module;
  /** `gradlens/webgpu.wasm`, likewise by default. */
  webgpu?: Source | WebAssembly.Module;
}

/** How far loading has come. */
export interface Progress {
  /** `runtime`: the WebAssembly module; `model`: the weights; `check`: the network is set up and tried. */
  phase: 'runtime' | 'model' | 'check';
  /** Bytes so far. */
  loaded: number;
  /** Bytes in all; null where the server does not say so, of a file that is not this package's. */
  total: number | null;
  /** Share of loading that is done, in [0, 1], over all phases; null where a total is. */
  fraction: number | null;
}

/** How far a call has come, which runs the network once or more often. */
export interface CallProgress {
  /** Share of the run's multiply-adds that are done, in [0, 1]; of all runs, for a map that takes many. */
  share: number;
  /**
   * The last layer that is computed then, in a run from the picture to the scores; null before the first, and for a map that
   * takes many runs.
   */
  layer: Layer | null;
}

/** What every call takes. */
export interface CallOptions {
  /**
   * Ends the call, which then rejects with code `aborted`. A call that waits in the queue is dropped; one
   * that runs is not waited for, and stops at the end of its stage. None by default.
   */
  signal?: AbortSignal | undefined;
  /** Told some ten times a second how far a call has come that takes long; nobody by default. */
  onProgress?: ((progress: CallProgress) => void) | undefined;
}

/** What every map takes. */
export interface MapOptions extends CallOptions {
  /** Where the map is taken; by default the method's own of {@link ModelInfo.defaultLayers}. */
  layer?: Layer;
  /** At which size the network sees the picture; by default the {@link ModelInfo.contract}'s. Larger ones give finer maps. */
  inputSize?: InputSize;
}

/** How `fuse` makes one map of several. */
export const fusions = ['maximum', 'mean'] as const;

/** How `smooth` makes maps smoother. */
export const smoothings = ['tta', 'eigen'] as const;

/** What is asked of `explainMany` besides targets and method. */
export interface ExplainManyOptions extends MapOptions {
  /**
   * Several layers in place of one, whose maps become one on the finest grid; each is divided by its largest magnitude before.
   * `layer-cam` sharpens those whose positions lie nearer than 8 pixels, tanh(2 M / max M), as its paper does.
   * By default the one layer of the method.
   */
  layers?: readonly Layer[];
  /** How the maps of {@link layers} become one: what is largest at each place, or the mean; `maximum` by default. */
  fuse?: (typeof fusions)[number];
  /**
   * Whether the map has what speaks against the target, too, as values below 0; `false` by default. What a method cuts on its
   * way, as `layer-cam` does negative gradients, is in neither.
   */
  negative?: boolean;
  /**
   * `tta`: the mean of the maps of six copies of the picture, as it is and mirrored, each at 0.9, 1 and 1.1 of its brightness, at
   * six times the cost. `eigen`: the first principal part of a method's terms, one a channel, in place of their sum, for
   * methods of one backward pass to a layer. By default neither.
   */
  smooth?: (typeof smoothings)[number];
  /** How many copies, steps or random masks a method of many runs takes, 1 to 10000; by default as many as {@link MethodInfo.runs} says. */
  samples?: number;
  /** The deviation of the noise of `smooth-grad` and `smooth-grad-cam++`, as a share of the input's range; 0.15 by default. */
  noise?: number;
  /** What fixes all that is random: the same seed gives the same map everywhere; 0 by default. */
  seed?: number;
}

/** What is asked of `explain` besides class and method. */
export interface ExplainOptions extends ExplainManyOptions {
  /** What the map explains in place of a class, which is `null` then; by default the class. */
  target?: LinearTarget | AgainstTarget;
}

/** What is asked of `classify`, all by name. */
export interface ClassifyRequest extends CallOptions {
  /** How many classes to report at most; 5 by default. */
  topK?: number;
}

/** What is asked of `explainMany` besides targets, all by name. */
export interface MapRequest extends ExplainManyOptions {
  /** How the map is made; `grad-cam++` by default. */
  method?: Method;
}

/** What is asked of `explain`, all by name. */
export interface ExplainRequest extends ExplainOptions, MapRequest {
  /** Index of the class; `null`, the default, is the most probable one, or stands for {@link target}. */
  classIdx?: number | null;
}

/** What is asked of `activations` and `gradients`. */
export type TensorOptions = Omit<MapOptions, 'layer'>;

/**
 * A linear function of what the network puts out, Σ weight · output[index]: "dog rather than cat", a regression, a
 * region of a segmentation.
 */
export interface LinearTarget {
  /** The ONNX file's name of the output; the scores by default, before their softmax or sigmoid. */
  output?: string;
  /** Indices along the flattened output, each with its weight. */
  weights: readonly (readonly [index: number, weight: number])[];
}

/**
 * Why this class and not those: its score less the mean of theirs ([Finer-CAM](https://arxiv.org/abs/2501.11309)). Where the
 * network has a single score its two classes are each other's opposite, and a class alone says the same.
 */
export interface AgainstTarget {
  /** Index of the class. */
  class: number;
  /** Index of the class that it is compared with, or several of them. */
  against: number | readonly number[];
  /** How much the others count; 1 by default. */
  strength?: number;
}

/** What a map explains: a class by its index, a class against others, or a linear function. */
export type Target = number | AgainstTarget | LinearTarget;

/** What maps explain: classes, also as a typed array, and linear functions. */
export type Targets =
  | readonly Target[]
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/**
 * At which size the network sees a picture: its short side, its long side, or width and height exactly. Where a
 * contract fits pictures, as that of this package's network does to multiples of 32, one side given leaves the other
 * to the picture's aspect, up to 4 : 1; elsewhere to the aspect of the contract's size. A picture that has exactly this
 * size is not resampled.
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
export interface ObjectsOptions extends MapOptions {
  /** How each object's map is made; `grad-cam++` by default. */
  method?: Method;
  /** At which size the network sees the picture; `{ longSide: 448 }` by default. */
  inputSize?: InputSize;
  /** The most objects to report; 8 by default. */
  maxObjects?: number;
  /** The least score of an object and of its alternatives, in [0, 1]; 0.25 by default. */
  minScore?: number;
  /** Share of a map's maximum from which on a place belongs to a region, in (0, 1]; 0.5 by default. */
  threshold?: number;
}

/**
 * What takes the place of what a map hides: black, as in the paper; the mean colour of what the network sees; what it
 * sees, blurred by a Gaussian with a standard deviation of so many pixels of its input, above 0 and at most 256; or a
 * random colour a pixel, fixed by a seed.
 */
export type Background = 'black' | 'mean' | `blur ${number}` | `noise ${number}`;

/** What is asked of `faithfulness` besides class and methods. */
export interface FaithfulnessOptions extends MapOptions {
  /**
   * In how many steps the picture is deleted and inserted for the curves; 0, the default, means no
   * curves. Each step costs two runs of the network a method.
   */
  curveSteps?: number;
  /** What takes the place of what a map hides; `black` by default, which alone gives the paper's Average Drop. */
  background?: Background;
  /**
   * Whether maps that look at no evidence are measured beside the methods', false by default: all ones, smooth noise, the
   * edges of the picture, and each method's own map shuffled. Each costs what a method's map does.
   */
  yardsticks?: boolean;
  /**
   * Whether ROAD is measured, false by default: 10 to 90 % of the pixels imputed from those around them, the most relevant
   * first and the least relevant first, 18 runs of the network a map.
   */
  road?: boolean;
  /** What fixes chance: the order of pixels of one value, the yardsticks, ROAD's noise; 0 by default. */
  seed?: number;
  /**
   * Where the object is, for the measures of localisation: a box, or a mask of the picture's size; by default they are
   * not measured.
   */
  truth?: Box | Uint8Array;
  /** δ of equation 26: the share of a map's maximum from which on a place counts; 0.5 by default. */
  delta?: number;
}

/** What is asked of `faithfulness`, all by name. */
export interface FaithfulnessRequest extends FaithfulnessOptions {
  /** Index of the class; `null`, the default, is the most probable one. */
  classIdx?: number | null;
  /** The methods to compare; `grad-cam` and `grad-cam++` by default. */
  methods?: readonly Method[];
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
  /** Its probability in [0, 1] in the window where that is highest. */
  score: number;
}

/** One class and the probability that the network gives it. */
export interface Prediction {
  /** Index of the class. */
  classIdx: number;
  /** Its label. */
  label: string;
  /** In [0, 1], with the picture seen at the contract's size; the plain score where scores are a regression's. */
  probability: number;
}

/** What a network expects of a picture, and means by its scores. */
export interface ContractParts {
  /** Width of its input in pixels; goes with {@link height}. */
  width: number;
  /** Height of its input in pixels. */
  height: number;
  /** How the input's axes lie: channels before rows and columns, or behind them. */
  layout: 'nchw' | 'nhwc';
  /** Which channels it has, in which order. */
  channels: 'rgb' | 'bgr' | 'gray';
  /** Of red, green and blue in units of 8-bit values, taken away from each value; goes with {@link deviation}. */
  mean: readonly [red: number, green: number, blue: number];
  /** Of red, green and blue likewise; divides each value then. */
  deviation: readonly [red: number, green: number, blue: number];
  /**
   * How a picture is brought to the input's size: squeezed or stretched; as a whole with gray beside it; its middle, that
   * share of its short side (`crop 0.875`: 224 of 256); or as a whole in its own aspect, in multiples of so many
   * pixels (`fit 32`).
   */
  resize: 'squash' | 'letterbox' | `crop ${number}` | `fit ${number}`;
  /** Classes that exclude each other, labels that do not, or plain numbers. */
  scores: 'softmax' | 'sigmoid' | 'regression';
}

/** From where a part of a contract is known: the caller gave it, the file says it, or it is a guess. */
export type ContractSource = 'given' | 'read' | 'guessed';

/** What somebody says of a contract, and what the classes are called. */
export interface SaidContract extends Partial<ContractParts> {
  labels?: readonly string[] | undefined;
}

/** The contract that a network is used by. */
export interface Contract extends Readonly<ContractParts> {
  /** The ONNX file's name of the input that takes the picture. */
  readonly input: string;
  /** From where each part is known: `size` are width and height, `normalisation` mean and deviation. */
  readonly sources: Readonly<
    Record<'size' | 'layout' | 'channels' | 'normalisation' | 'resize' | 'labels' | 'scores', ContractSource>
  >;
}

/** A layer at which a map can be taken. */
export interface LayerInfo {
  /** What it is called. */
  readonly name: Layer;
  /** The operator that makes it. */
  readonly operator: string;
  /** Channels of each position. */
  readonly channels: number;
  /** Columns of positions. */
  readonly width: number;
  /** Rows of positions. */
  readonly height: number;
  /** From one position to the next, in pixels of the network's input. */
  readonly stride: number;
  /** Share of the network's multiply-adds that come before it, in [0, 1]. */
  readonly depth: number;
}

/** A method, for a network. */
export interface MethodInfo {
  /** Which it is. */
  readonly name: Method;
  /** Who published it, and when. */
  readonly paper: string;
  /** With what it belongs together. */
  readonly family: MethodFamily;
  /** The layer that it takes where none is named; null if it is not defined for this network. */
  readonly layer: Layer | null;
  /**
   * How many runs of the network a map of one class costs there, at the contract's size and with the default options;
   * `ablation-cam` runs only what is behind the layer.
   */
  readonly runs: number;
  /** How many backward passes. */
  readonly backward: number;
}

/** What is known of a network. Names, labels, metadata and warnings may be anybody's words: text, never markup. */
export interface ModelInfo {
  /** What the file calls itself; may be empty. */
  readonly name: string;
  /** The version of ONNX's operators that the file is written in. */
  readonly opset: number;
  /** The version of ONNX's file format. */
  readonly irVersion: number;
  /** What made the file; may be empty. */
  readonly producer: string;
  /** Numbers that the file holds. */
  readonly parameters: number;
  /** Multiply-adds of one picture at the contract's size. */
  readonly multiplyAdds: number;
  /** The outputs that depend on the picture. */
  readonly outputs: readonly {
    /** Its name in the file. */
    readonly name: string;
    /** Its extents. */
    readonly shape: readonly number[];
  }[];
  /** The value whose gradients are taken: the scores before their softmax or sigmoid. */
  readonly score: string;
  /** What the network expects of a picture and means by its scores, and from where that is known. */
  readonly contract: Contract;
  /** Where a map can be taken, first to last. */
  readonly layers: readonly LayerInfo[];
  /** What there is to say of each method, all of {@link methods}. */
  readonly methods: readonly MethodInfo[];
  /** The layer that each method takes where none is named; methods that are not defined for this network are missing. */
  readonly defaultLayers: Readonly<Partial<Record<Method, Layer>>>;
  /** How often the file has each operator. */
  readonly operators: Readonly<Record<string, number>>;
  /**
   * How objects are found: by windows of what the head pools, which cost next to nothing, or by crops of the picture,
   * each of which is a run of the network.
   */
  readonly objects: 'positions' | 'crops';
  /** What people should know before they believe an answer. */
  readonly warnings: readonly string[];
  /** What else the file says of itself. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Numbers of the network, for maps of one's own. */
export interface Tensor {
  /** All values, the last axis innermost. */
  readonly data: Float32Array;
  /** The extents of the axes, in the ONNX file's order. */
  readonly shape: readonly number[];
}

/** Pixels: an `ImageData`, or anything of its shape (RGBA, 8 bits a channel). */
export interface Picture {
  /** Red, green, blue and alpha of each pixel from 0 to 255, row-major: 4 · width · height values; a Buffer, too. */
  readonly data: Uint8ClampedArray | Uint8Array;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
}

/** A colour: red, green and blue from 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** What a canvas can draw: an image, a canvas, a video or a frame of one. */
export type Drawable = Exclude<CanvasImageSource, SVGImageElement>;

/**
 * Where a picture may come from: pixels, what a canvas can draw, or a file: a `Blob` or `File`, its bytes, its address, or
 * an answer to a request for it.
 */
export type PictureSource = Picture | Drawable | Source;

/** What is asked of `readPicture`. */
export interface PictureOptions {
  /** The most pixels along a side: what is larger is made smaller; by default as many as there are. */
  maxSide?: number;
  /** What shows through; `null` for the colours that lie under what is transparent; black by default. */
  background?: Rgb | null;
  /** Which picture of an animated GIF, PNG or WebP file, from 0, the default, on. */
  frame?: number;
  /** The address of `gradlens/decode.wasm`; by default in this package. */
  wasmUrl?: string | URL;
  /** The same, compiled, for runtimes that compile nothing themselves; by default fetched from `wasmUrl`. */
  wasm?: WebAssembly.Module;
  /** Ends the reading of a file, which then rejects with code `aborted`. None by default. */
  signal?: AbortSignal;
}

/** A picture that was read: opaque, in sRGB. */
export interface ReadPicture extends Picture {
  /** Of its own; makes an `ImageData`. */
  readonly data: ImageData['data'];
  /** How many pictures the file holds: more than 1 if it is an animated GIF, PNG or WebP file. */
  readonly frames: number;
}

/** An explanation as plain data, before it is wrapped. */
export interface RawExplanation extends Omit<Prediction, 'classIdx'> {
  classIdx: number | null;
  logit: number;
  method: Method;
  layer: Layer;
  backend: Backend;
  raw: Float32Array;
  rawWidth: number;
  rawHeight: number;
  area: Box;
}

/** An object as plain data, before its explanation is wrapped. */
export interface RawObject extends Candidate {
  box: Box | null;
  regions: readonly Region[];
  alternatives: readonly Candidate[];
  explanation: RawExplanation;
}

/** What ends a call, if anything does. */
export type Signal = AbortSignal | undefined;
