/**
 * The same interface as the package's main entry, in the calling thread. For people who have a
 * worker of their own, for service workers and for Node: a call blocks the thread it runs in.
 *
 * @module
 */
import { defaultExplainer } from './default-explainer.js';
import type { Explainer } from './explainer.js';
import { loadEngine as loadAlone } from './load-engine.js';
import { loadExplainer } from './load-explainer.js';
import { all } from './packaged-all.js';
import { packagedDecoder } from './packaged-decoder.js';
import { sharing } from './sharing.js';
import type { LoadOptions } from './types.js';

export * from './common.js';
export { readPicture } from './packaged-decoder.js';

const loadEngine = sharing((options) => loadAlone(options, all));

/** Loads the network into the calling thread. */
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
