import type { PackagedWorker } from './start-worker.js';

/** The worker with the files of the CPU alone; see worker-all.ts. */
export const worker: PackagedWorker = {
  moved: () => new URL('./wasm/cpu/gradlens_bg.wasm', import.meta.url),
  script: '../../cpu-worker.js',
  start: () => new Worker(new URL('gradlens/cpu-worker.js', import.meta.url), { type: 'module' }),
};
