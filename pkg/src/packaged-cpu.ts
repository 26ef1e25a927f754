// The files of the CPU alone, and no model. The addresses are literal, so that bundlers see them.

import type { Packaged } from './packaged.js';
import * as cpu from './wasm/cpu/gradlens.js';
import * as threads from './wasm/threads/gradlens.js';

export const cpuAlone: Packaged = {
  entry: 'gradlens/cpu',
  modules: {
    cpu: () => new URL('./wasm/cpu/gradlens_bg.wasm', import.meta.url),
    relaxed: () => new URL('./wasm/cpu/gradlens_relaxed_bg.wasm', import.meta.url),
    threads: () => new URL('./wasm/threads/gradlens_bg.wasm', import.meta.url),
    threadsRelaxed: () => new URL('./wasm/threads/gradlens_relaxed_bg.wasm', import.meta.url),
  },
  glue: { cpu, threads },
};
