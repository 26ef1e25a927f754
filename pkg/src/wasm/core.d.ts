// What wasm-bindgen makes of src/js/ in the crate. Kept by hand, so that the package type-checks
// before the WebAssembly modules are built.

import type { Faithfulness } from '../faithfulness.js';
import type { Partner } from '../partner.js';
import type {
  ExplainOptions,
  FaithfulnessOptions,
  ObjectsOptions,
  Picture,
  Prediction,
  RawExplanation,
  RawObject,
} from '../types.js';

export interface CoreModule {
  default(options: { module_or_path: WebAssembly.Module }): Promise<unknown>;
  loadCore(
    model: Uint8Array,
    backend: string,
    labels: readonly string[] | undefined,
    onPanic: (message: string) => void,
    onStage: () => Promise<void>,
  ): Promise<Core>;
  loadAssistant(model: Uint8Array): Assistant;
}

/** The half of the network that a second thread computes. */
export interface Assistant {
  assist(partner: Partner, input: Float32Array, dims: Uint32Array): void;
}

export interface Core {
  labels(): string[];
  shareWith(partner: Partner): void;
  classify(imageData: Picture, topK: number): Promise<Prediction[]>;
  explainMany(
    imageData: Picture,
    classes: Float64Array,
    method: string,
    options: ExplainOptions,
  ): Promise<RawExplanation[]>;
  explainObjects(imageData: Picture, options: ObjectsOptions): Promise<RawObject[]>;
  faithfulness(
    imageData: Picture,
    classIdx: number | undefined,
    methods: readonly string[],
    options: FaithfulnessOptions,
  ): Promise<Faithfulness>;
  free(): void;
}
