/**
 * The same interface as the package's main entry, in the calling thread. For people who have a
 * worker of their own: a call blocks the thread it runs in.
 *
 * @module
 */
import { explainWith } from './default-explainer.js';
import type { Explainer } from './explainer.js';
import { loadEngine as loadAlone } from './load-engine.js';
import { loadExplainer } from './load-explainer.js';
import { sharing } from './sharing.js';
import type { LoadOptions } from './types.js';

export * from './common.js';

const loadEngine = sharing(loadAlone);

/** Loads the network into the calling thread. */
export function load(options: LoadOptions = {}): Promise<Explainer> {
  return loadExplainer(options, loadEngine);
}

/** The map of one class, from an explainer that is loaded at the first call. */
export const explain = explainWith(load);
