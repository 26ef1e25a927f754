import type { EngineOptions } from './engine.js';
import { GradlensError } from './errors.js';
import { type OnBytes, type Purpose, bytesOf, packagedUrl } from './fetch.js';
import { isModule } from './kinds.js';
import { checkWebAssembly, hasRelaxedSimd } from './simd.js';
import type { Backend, Signal, Source } from './types.js';
import type { CoreModule } from './wasm/core.js';

/** A module that runs. */
export interface Runtime {
  readonly core: CoreModule;
  /** What another thread can start it from. */
  readonly module: WebAssembly.Module;
}

/** The sizes of the modules in this package. */
declare const __WASM_BYTES__: Readonly<Record<'cpu' | 'relaxed' | 'webgpu', number>>;

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
  onBytes: OnBytes,
): Promise<Runtime> {
  checkWebAssembly();
  const source = wasm?.[backend] ?? packagedModule(backend);
  const [core, module] = await Promise.all([importGlue(backend), compile(source, onBytes, signal)]);
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

// Literal paths, so that bundlers see them.
async function importGlue(backend: Backend): Promise<CoreModule> {
  try {
    return backend === 'webgpu' ? await import('./wasm/webgpu/gradlens.js') : await import('./wasm/cpu/gradlens.js');
  } catch (cause) {
    throw new GradlensError('runtime-unavailable', `the WebAssembly module's script cannot be loaded: ${String(cause)}`, {
      cause,
    });
  }
}

/** Of the CPU's, that with relaxed SIMD where the browser has it: a map then takes a fifth less. */
function packagedModule(backend: Backend): URL {
  // Literal, so that bundlers see them.
  const [resolve, bytes] =
    backend === 'webgpu'
      ? [() => new URL('./wasm/webgpu/gradlens_bg.wasm', import.meta.url), __WASM_BYTES__.webgpu]
      : hasRelaxedSimd()
        ? [() => new URL('./wasm/cpu/gradlens_relaxed_bg.wasm', import.meta.url), __WASM_BYTES__.relaxed]
        : [() => new URL('./wasm/cpu/gradlens_bg.wasm', import.meta.url), __WASM_BYTES__.cpu];
  return packagedUrl(resolve, bytes, wasmPurpose);
}
