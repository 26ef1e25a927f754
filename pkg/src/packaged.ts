import { GradlensError } from './errors.js';
import { type Purpose, packagedUrl } from './fetch.js';
import { hasRelaxedSimd } from './relaxed-simd.js';
import type { Backend } from './types.js';
import type { CoreModule } from './wasm/core.js';

/** Which build of the core: one of each backend, and that whose memory threads share. */
export type Build = Backend | 'threads';

/** Which module: those for the CPU are there with relaxed SIMD, too. */
type Kind = Build | 'relaxed' | 'threadsRelaxed';

/** The sizes of the files in this package. */
declare const __MODEL_BYTES__: number;
declare const __WASM_BYTES__: Readonly<Record<Kind, number>>;

/** What an entry of this package brings along: bundlers copy each file that it names, whether it is ever asked for. */
export interface Packaged {
  /** What the entry is called by those who import it. */
  readonly entry: string;
  /** The address of the model. */
  readonly model?: () => URL;
  /** The addresses of the WebAssembly modules, the CPU's also with relaxed SIMD. */
  readonly modules: Readonly<Partial<Record<Kind, () => URL>>>;
  /** What starts them. */
  readonly glue: Readonly<Partial<Record<Build, CoreModule>>>;
}

/** The address of the model that an entry brings along. */
export function packagedModel({ entry, model }: Packaged, purpose: Purpose): URL {
  if (model) return packagedUrl(model, __MODEL_BYTES__, purpose);
  throw new GradlensError(purpose.code, `"${entry}" brings no model along: give load one as model`);
}

/** The address of a build's module: of the CPU's, that with relaxed SIMD where the browser has it, a fifth faster. */
export function packagedModule({ entry, modules }: Packaged, build: Build, purpose: Purpose): URL {
  const relaxed = { cpu: 'relaxed', threads: 'threadsRelaxed', webgpu: 'webgpu' } as const;
  const kind = hasRelaxedSimd() ? relaxed[build] : build;
  const resolve = modules[kind];
  if (resolve) return packagedUrl(resolve, __WASM_BYTES__[kind], purpose);
  throw new GradlensError(
    purpose.code,
    `"${entry}" brings no module of the backend "${build}" along: give load its address as wasmUrl: { ${build} }`,
  );
}
