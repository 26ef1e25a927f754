// What wasm-bindgen makes of src/js/ in the crate. Kept by hand, so that the package type-checks
// before the WebAssembly modules are built.

import type { Questions } from '../engine.js';
import type { Backend, ModelInfo, SaidContract } from '../types.js';

export interface CoreModule {
  default(options: { module_or_path: WebAssembly.Module; memory?: WebAssembly.Memory }): Promise<CoreExports>;
  /** The model's bytes stay where they are, and are read as long as the core lives. */
  loadCore(
    model: Uint8Array,
    options: CoreOptions,
    onPanic: (message: string) => void,
    onStage: (share?: number, layer?: number) => Promise<void>,
  ): Promise<Core>;
  /** Lets networks that are loaded from now on be run by so many threads, with this one. */
  formTeam(threads: number): void;
  /** How many threads there are so far. */
  teamSize(): number;
  /** Takes part in the team's work, in a thread that shares the memory; does not return. */
  helpTeam(): void;
  /** Says that this thread, which helped, has failed. */
  abandonTeam(): void;
}

/** What a module that runs exports. */
export interface CoreExports {
  readonly memory: WebAssembly.Memory;
}

export interface CoreOptions {
  readonly backend: Backend;
  readonly externalData?: readonly (readonly [name: string, bytes: Uint8Array])[] | undefined;
  /** What files beside the model say of its contract. */
  readonly read?: SaidContract | undefined;
  /** What the caller says. */
  readonly given?: SaidContract | undefined;
}

export interface Core extends Questions {
  labels(): string[];
  model(): CoreModelInfo;
  /** Not while it answers. */
  setContract(given: SaidContract): void;
  free(): void;
}

/** What is a record in {@link ModelInfo} comes as pairs. */
export interface CoreModelInfo extends Omit<ModelInfo, 'defaultLayers' | 'operators' | 'metadata'> {
  defaultLayers: [method: string, layer: string][];
  operators: [operator: string, count: number][];
  metadata: [key: string, value: string][];
}
