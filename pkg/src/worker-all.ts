import type { PackagedWorker } from './start-worker.js';

/** The worker with all files of this package. */
export const worker: PackagedWorker = {
  moved: () => new URL('../model/efficientnet-lite0.onnx', import.meta.url),
  script: '../dist/worker.js',
  // A file of this name lies beside this one, and the package has an export of this name: before version 8, Vite moves
  // what it optimises, and finds a package's files by name alone.
  start: () => new Worker(new URL('gradlens/worker.js', import.meta.url), { type: 'module' }),
};
