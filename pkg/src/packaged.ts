import { GradlensError } from './errors.js';
import { type Purpose, packagedUrl } from './fetch.js';
import { hasRelaxedSimd } from './simd.js';
import type { Backend } from './types.js';
import type { CoreModule } from './wasm/core.js';

/** The sizes of the files in this package. */
declare const __MODEL_BYTES__: number;
declare const __WASM_BYTES__: Readonly<Record<'cpu' | 'relaxed' | 'webgpu', number>>;

/** What an entry of this package brings along: bundlers copy each file that it names, whether it is ever asked for. */
export interface Packaged {
  /** What the entry is called by those who import it. */
  readonly entry: string;
  /** The address of the model. */
  readonly model?: () => URL;
  /** The addresses of the WebAssembly modules, the CPU's also with relaxed SIMD. */
  readonly modules: Readonly<Partial<Record<'cpu' | 'relaxed' | 'webgpu', () => URL>>>;
  /** What starts them. */
  readonly glue: Readonly<Partial<Record<Backend, CoreModule>>>;
}

/** The address of the model that an entry brings along. */
export function packagedModel({ entry, model }: Packaged, purpose: Purpose): URL {
  if (model) return packagedUrl(model, __MODEL_BYTES__, purpose);
  throw new GradlensError(purpose.code, `"${entry}" brings no model along: give load one as model`);
}

/** The address of a backend's module: of the CPU's, that with relaxed SIMD where the browser has it, a fifth faster. */
export function packagedModule({ entry, modules }: Packaged, backend: Backend, purpose: Purpose): URL {
  const kind = backend === 'cpu' && hasRelaxedSimd() ? 'relaxed' : backend;
  const resolve = modules[kind];
  if (resolve) return packagedUrl(resolve, __WASM_BYTES__[kind], purpose);
  throw new GradlensError(
    purpose.code,
    `"${entry}" brings no module of the backend "${backend}" along: give load its address as wasmUrl: { ${backend} }`,
  );
}
