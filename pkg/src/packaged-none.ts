// No file of this package: all are given to `load`.

import type { Packaged } from './packaged.js';
import * as cpu from './wasm/cpu/gradlens.js';
import * as webgpu from './wasm/webgpu/gradlens.js';

export const none: Packaged = { entry: 'gradlens/core', modules: {}, glue: { cpu, webgpu } };
