/**
 * `gradlens/direct` without any file, and so without a default explainer: model and WebAssembly modules are given to
 * `load`. Bundlers copy none, and a bundle of a class or a function alone holds little more than that.
 *
 * @module
 */
import type { LoadEngine } from './engine.js';
import type { Explainer } from './explainer.js';
import { loadEngine as loadAlone } from './load-engine.js';
import { loadExplainer } from './load-explainer.js';
import { none } from './packaged-none.js';
import { sharing } from './sharing.js';
import type { OwnModelOptions } from './types.js';

export * from './common.js';

/** Made when it is needed: what runs at once, bundlers keep. */
let loadEngine: LoadEngine | undefined;

/** Loads a network into the calling thread. */
export function load(options: OwnModelOptions): Promise<Explainer> {
  loadEngine ??= sharing((options) => loadAlone(options, none));
  return loadExplainer(options, loadEngine);
}
