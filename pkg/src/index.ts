/**
 * What did the network look at? Class activation maps of photos, computed in a worker that this
 * package starts, on WebGPU or the CPU.
 *
 * @module
 */
import { defaultExplainer } from './default-explainer.js';
import type { Explainer } from './explainer.js';
import { loadExplainer } from './load-explainer.js';
import { packagedDecoder } from './packaged-decoder.js';
import { sharing } from './sharing.js';
import type { LoadOptions } from './types.js';
import { worker } from './worker-all.js';
import { inWorker } from './worker-engine.js';

export * from './common.js';
export { readPicture } from './packaged-decoder.js';

const loadEngine = sharing(inWorker(worker));

/** Starts a worker and loads the network into it. */
export function load(options: LoadOptions = {}): Promise<Explainer> {
  return loadExplainer(options, loadEngine, packagedDecoder);
}

const shared = defaultExplainer(load, packagedDecoder);

/** The most probable classes, from a default explainer that is loaded at the first call; see {@link Explainer.classify}. */
export const classify = shared.classify;

/** The map of one class, likewise; see {@link Explainer.explain}. */
export const explain = shared.explain;

/** The objects of a picture, likewise; see {@link Explainer.explainObjects}. */
export const explainObjects = shared.explainObjects;

/** Frees the default explainer; the next call loads another one. */
export const dispose = shared.dispose;
