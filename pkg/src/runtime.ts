import { doesNotStart } from './does-not-start.js';
import type { EngineOptions } from './engine.js';
import { GradlensError } from './errors.js';
import { type OnBytes, type Purpose, bytesOf } from './fetch.js';
import { isModule } from './kinds.js';
import { type Build, type Packaged, packagedModule } from './packaged.js';
import { checkWebAssembly } from './simd.js';
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

/** What a module is called in messages. */
export const wasmPurpose: Purpose = { name: 'WebAssembly module', code: 'runtime-unavailable' };

/**
 * Fetches, compiles and starts the WebAssembly module of a backend. The one of `webgpu` holds both
 * backends, the one of `cpu` a quarter of the bytes. Where there is no memory for threads, there is one.
 *
 * @param place `threads`: how many may share the module's memory; `memory`: that of a thread which runs it already.
 * @throws GradlensError `wasm-disabled`, `simd-unsupported`, `runtime-unavailable`, `out-of-memory`, `aborted`
 */
export async function loadRuntime(
  backend: Backend,
  { wasm, signal }: EngineOptions,
  packaged: Packaged,
  onBytes: OnBytes,
  { threads = 1, memory }: { threads?: number; memory?: WebAssembly.Memory } = {},
): Promise<Runtime> {
  checkWebAssembly();
  const given = wasm?.[backend];
  const build = backend === 'cpu' && threads > 1 && packaged.modules.threads ? 'threads' : backend;
  const module = await compile(given ?? packagedModule(packaged, build, wasmPurpose), onBytes, signal);
  const isShared = sharesMemory(module);
  const glue = glueOf(packaged, isShared ? 'threads' : backend);
  try {
    const exports = await glue.default({ module_or_path: module, ...(memory && { memory }) });
    return { core: glue, module, memory: isShared ? exports.memory : null };
  } catch (cause) {
    const error = doesNotStart(wasmPurpose.name, cause);
    // A memory that threads share takes all of its addresses at once, which a small machine may have had a moment ago.
    if (error.code !== 'out-of-memory' || !isShared || memory || !packaged.modules.cpu) throw error;
    return loadRuntime(backend, { signal }, packaged, onBytes);
  }
}

/** The script that starts a build. */
function glueOf({ entry, glue }: Packaged, build: Build): CoreModule {
  const found = glue[build];
  if (found) return found;
  throw build === 'webgpu'
    ? new GradlensError('webgpu-unavailable', `"${entry}" is without WebGPU; "gradlens" has it`)
    : new GradlensError('runtime-unavailable', `"${entry}" starts no module for threads; give it cpu.wasm or cpu-relaxed.wasm`);
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
    throw doesNotStart(wasmPurpose.name, cause);
  }
}
