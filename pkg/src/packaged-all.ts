// All files of this package. The addresses are literal, so that bundlers see them.

import type { Packaged } from './packaged.js';
import * as cpu from './wasm/cpu/gradlens.js';
import * as threads from './wasm/threads/gradlens.js';
import * as webgpu from './wasm/webgpu/gradlens.js';

export const all: Packaged = {
  entry: 'gradlens',
  model: () => new URL('../model/efficientnet-lite0.onnx', import.meta.url),
  modules: {
    cpu: () => new URL('./wasm/cpu/gradlens_bg.wasm', import.meta.url),
    relaxed: () => new URL('./wasm/cpu/gradlens_relaxed_bg.wasm', import.meta.url),
    threads: () => new URL('./wasm/threads/gradlens_bg.wasm', import.meta.url),
    threadsRelaxed: () => new URL('./wasm/threads/gradlens_relaxed_bg.wasm', import.meta.url),
    webgpu: () => new URL('./wasm/webgpu/gradlens_bg.wasm', import.meta.url),
  },
  glue: { cpu, threads, webgpu },
};
