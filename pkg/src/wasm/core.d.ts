// What wasm-bindgen makes of src/js/ in the crate. Kept by hand, so that the package type-checks
// before the WebAssembly modules are built.

import type { Questions } from '../engine.js';
import type { Partner } from '../partner.js';
import type { Backend, ModelInfo, SaidContract } from '../types.js';

export interface CoreModule {
  default(options: { module_or_path: WebAssembly.Module }): Promise<unknown>;
  /** The model's bytes stay where they are, and are read as long as the core lives. */
  loadCore(
    model: Uint8Array,
    options: CoreOptions,
    onPanic: (message: string) => void,
    onStage: (share?: number, layer?: number) => Promise<void>,
  ): Promise<Core>;
  loadAssistant(model: Uint8Array, options: CoreOptions): Promise<Assistant>;
}

export interface CoreOptions {
  readonly backend: Backend;
  readonly externalData?: readonly (readonly [name: string, bytes: Uint8Array])[] | undefined;
  /** What files beside the model say of its contract. */
  readonly read?: SaidContract | undefined;
  /** What the caller says. */
  readonly given?: SaidContract | undefined;
}

/** The half of the network that a second thread computes. */
export interface Assistant {
  /** Not while it assists. */
  setContract(given: SaidContract): void;
  assist(partner: Partner, input: Float32Array, shape: Uint32Array, wanted: Uint32Array): void;
}

export interface Core extends Questions {
  labels(): string[];
  model(): CoreModelInfo;
  /** Not while it answers. */
  setContract(given: SaidContract): void;
  shareWith(partner: Partner): void;
  free(): void;
}

/** What is a record in {@link ModelInfo} comes as pairs. */
export interface CoreModelInfo extends Omit<ModelInfo, 'defaultLayers' | 'operators' | 'metadata'> {
  defaultLayers: [method: string, layer: string][];
  operators: [operator: string, count: number][];
  metadata: [key: string, value: string][];
}
