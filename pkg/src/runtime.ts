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
  /** Its memory, where other threads may share it. */
  readonly memory: WebAssembly.Memory | null;
}

/** Which build of the core: one of each backend, and that whose memory threads share. */
type Build = Backend | 'threads';

/** The sizes of the modules in this package. */
declare const __WASM_BYTES__: Readonly<Record<'cpu' | 'relaxed' | 'threads' | 'threadsRelaxed' | 'webgpu', number>>;

/** What a module is called in messages. */
export const wasmPurpose: Purpose = { name: 'WebAssembly module', code: 'runtime-unavailable' };

/**
 * Fetches, compiles and starts the WebAssembly module of a backend. The one of `webgpu` holds both
 * backends, the one of `cpu` a quarter of the bytes.
 *
 * @param place `threads`: how many may share the module's memory; `memory`: that of a thread which runs it already.
 * @throws GradlensError `wasm-disabled`, `simd-unsupported`, `runtime-unavailable`, `aborted`
 */
export async function loadRuntime(
  backend: Backend,
  { wasm, signal }: EngineOptions,
  onBytes: OnBytes,
  { threads = 1, memory }: { threads?: number; memory?: WebAssembly.Memory } = {},
): Promise<Runtime> {
  checkWebAssembly();
  const source = wasm?.[backend];
  const build = backend === 'cpu' && threads > 1 ? 'threads' : backend;
  const [module, glue] = source
    ? await given(backend, compile(source, onBytes, signal))
    : await Promise.all([compile(packagedModule(build), onBytes, signal), importGlue(build)]);
  try {
    const exports = await glue.default({ module_or_path: module, ...(memory && { memory }) });
    return { core: glue, module, memory: sharesMemory(module) ? exports.memory : null };
  } catch (cause) {
    throw doesNotStart(cause);
  }
}

/** A module that somebody gave, and the script that fits it. */
async function given(backend: Backend, compiling: Promise<WebAssembly.Module>): Promise<[WebAssembly.Module, CoreModule]> {
  const module = await compiling;
  return [module, await importGlue(sharesMemory(module) ? 'threads' : backend)];
}

/** Whether a module takes a memory that others may have. */
const sharesMemory = (module: WebAssembly.Module) =>
  WebAssembly.Module.imports(module).some(({ kind }) => kind === 'memory');

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

/** The CPU module's script, where an entry brings it along. */
let broughtAlong: CoreModule | undefined;

/** Gives the CPU module's script: service workers, and so extensions' backgrounds, refuse to import one later. */
export function bringAlong(glue: CoreModule): void {
  broughtAlong = glue;
}

/** The script of a build. Literal paths, so that bundlers see them. */
async function importGlue(build: Build): Promise<CoreModule> {
  if (build === 'cpu' && broughtAlong) return broughtAlong;
  try {
    if (build === 'webgpu') return await import('./wasm/webgpu/gradlens.js');
    return build === 'threads' ? await import('./wasm/threads/gradlens.js') : await import('./wasm/cpu/gradlens.js');
  } catch (cause) {
    throw new GradlensError('runtime-unavailable', `the WebAssembly module's script cannot be loaded: ${String(cause)}`, {
      cause,
    });
  }
}

/** Of the CPU's, that with relaxed SIMD where the browser has it: a map then takes a fifth less. */
function packagedModule(build: Build): URL {
  const isRelaxed = hasRelaxedSimd();
  // Literal, so that bundlers see them.
  const modules: Record<Build, () => [() => URL, number]> = {
    webgpu: () => [() => new URL('./wasm/webgpu/gradlens_bg.wasm', import.meta.url), __WASM_BYTES__.webgpu],
    threads: () =>
      isRelaxed
        ? [() => new URL('./wasm/threads/gradlens_relaxed_bg.wasm', import.meta.url), __WASM_BYTES__.threadsRelaxed]
        : [() => new URL('./wasm/threads/gradlens_bg.wasm', import.meta.url), __WASM_BYTES__.threads],
    cpu: () =>
      isRelaxed
        ? [() => new URL('./wasm/cpu/gradlens_relaxed_bg.wasm', import.meta.url), __WASM_BYTES__.relaxed]
        : [() => new URL('./wasm/cpu/gradlens_bg.wasm', import.meta.url), __WASM_BYTES__.cpu],
  };
  const [resolve, bytes] = modules[build]();
  return packagedUrl(resolve, bytes, wasmPurpose);
}
