/**
 * What did the network look at? Class activation maps of photos, computed in a worker that this
 * package starts, on WebGPU or the CPU.
 *
 * @module
 */
import { explainWith } from './default-explainer.js';
import type { Explainer } from './explainer.js';
import { loadExplainer } from './load-explainer.js';
import { sharing } from './sharing.js';
import type { LoadOptions } from './types.js';
import { loadWorkerEngine } from './worker-engine.js';

export * from './common.js';

const loadEngine = sharing(loadWorkerEngine);

/** Starts a worker and loads the network into it. */
export function load(options: LoadOptions = {}): Promise<Explainer> {
  return loadExplainer(options, loadEngine);
}

/** The map of one class, from an explainer that is loaded at the first call. */
export const explain = explainWith(load);
