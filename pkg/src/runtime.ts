import type { EngineOptions } from './engine.js';
import { GradlensError } from './errors.js';
import { type OnBytes, type Purpose, bytesOf } from './fetch.js';
import { isModule } from './kinds.js';
import { type Packaged, packagedModule } from './packaged.js';
import { checkWebAssembly } from './simd.js';
import type { Backend, Signal, Source } from './types.js';
import type { CoreModule } from './wasm/core.js';

/** A module that runs. */
export interface Runtime {
  readonly core: CoreModule;
  /** What another thread can start it from. */
  readonly module: WebAssembly.Module;
}

/** What a module is called in messages. */
export const wasmPurpose: Purpose = { name: 'WebAssembly module', code: 'runtime-unavailable' };

/**
 * Fetches, compiles and starts the WebAssembly module of a backend. The one of `webgpu` holds both
 * backends, the one of `cpu` a quarter of the bytes.
 *
 * @throws GradlensError `wasm-disabled`, `simd-unsupported`, `runtime-unavailable`, `aborted`
 */
export async function loadRuntime(
  backend: Backend,
  { wasm, signal }: EngineOptions,
  packaged: Packaged,
  onBytes: OnBytes,
): Promise<Runtime> {
  checkWebAssembly();
  const core = packaged.glue[backend];
  if (!core) throw new GradlensError('webgpu-unavailable', `"${packaged.entry}" is without WebGPU; "gradlens" has it`);
  const module = await compile(wasm?.[backend] ?? packagedModule(packaged, backend, wasmPurpose), onBytes, signal);
  try {
    await core.default({ module_or_path: module });
  } catch (cause) {
    throw doesNotStart(cause);
  }
  return { core, module };
}

async function compile(
  source: Source | WebAssembly.Module,
  onBytes: OnBytes,
  signal: Signal,
): Promise<WebAssembly.Module> {
  if (isModule(source)) return source;
  const bytes = await bytesOf(source, wasmPurpose, onBytes, signal);
  try {
    // Not streamed: that needs a MIME type that many static servers do not send.
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw doesNotStart(cause);
  }
}

function doesNotStart(cause: unknown): GradlensError {
  return new GradlensError('runtime-unavailable', `the WebAssembly module does not start: ${String(cause)}`, { cause });
}
