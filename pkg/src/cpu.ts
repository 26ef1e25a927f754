/**
 * The package's main entry for a network of one's own on the CPU: without the model of this package, the default
 * explainer of it, and WebGPU.
 *
 * @module
 */
import type { LoadEngine } from './engine.js';
import type { Explainer } from './explainer.js';
import { loadExplainer } from './load-explainer.js';
import { packagedDecoder } from './packaged-decoder.js';
import { sharing } from './sharing.js';
import type { OwnModelOptions } from './types.js';
import { worker } from './worker-cpu.js';
import { inWorker } from './worker-engine.js';

export * from './common.js';
export { readPicture } from './packaged-decoder.js';

/** Made when it is needed: what runs at once, bundlers keep. */
let loadEngine: LoadEngine | undefined;

/** Starts a worker and loads a network into it. */
export function load(options: OwnModelOptions): Promise<Explainer> {
  loadEngine ??= sharing(inWorker(worker));
  return loadExplainer(options, loadEngine, packagedDecoder);
}
