import { GradlensError } from './errors.js';
import { type OnBytes, fetchBytes } from './fetch.js';
import type { Backend } from './types.js';
import type { CoreModule } from './wasm/core.js';

/** The smallest module that holds a SIMD instruction. */
const simdModule = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
);

const purpose = { name: 'WebAssembly module', code: 'runtime-unavailable' } as const;

/**
 * Fetches, compiles and starts the WebAssembly module of a backend. The one of `webgpu` holds both
 * backends, the one of `cpu` a seventh of the bytes.
 */
export async function loadRuntime(
  backend: Backend,
  onBytes: OnBytes,
  signal: AbortSignal | undefined,
): Promise<CoreModule> {
  if (typeof WebAssembly !== 'object' || !WebAssembly.validate(simdModule)) {
    throw new GradlensError(
      'simd-unsupported',
      'this browser has no WebAssembly SIMD; current versions of Chrome, Edge, Firefox and Safari (16.4 or later) do',
    );
  }
  const [core, bytes] = await Promise.all([
    importGlue(backend),
    fetchBytes(wasmUrl(backend), purpose, onBytes, signal),
  ]);
  try {
    await core.default({ module_or_path: await WebAssembly.compile(bytes) });
  } catch (cause) {
    throw new GradlensError('runtime-unavailable', `the WebAssembly module does not start: ${String(cause)}`, { cause });
  }
  return core;
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

function wasmUrl(backend: Backend): URL {
  return backend === 'webgpu'
    ? new URL('./wasm/webgpu/gradlens_bg.wasm', import.meta.url)
    : new URL('./wasm/cpu/gradlens_bg.wasm', import.meta.url);
}
