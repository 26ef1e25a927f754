// What wasm-bindgen makes of src/js/ in the crate. Kept by hand, so that the package type-checks
// before the WebAssembly modules are built.

import type { Faithfulness } from '../faithfulness.js';
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
}

export interface Core {
  labels(): string[];
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
