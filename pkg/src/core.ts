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
import { readPictureBy } from './read-picture.js';
import { sharing } from './sharing.js';
import type { OwnModelOptions, PictureOptions, PictureSource, ReadPicture } from './types.js';

export * from './common.js';

/** Made when it is needed: what runs at once, bundlers keep. */
let loadEngine: LoadEngine | undefined;

/**
 * The pixels of whatever is a picture; see `readPicture` of the main entry. Its decoder is not brought along: a file that the
 * browser does not read, or less well, needs its address as `wasmUrl`.
 *
 * @throws GradlensError as that of the main entry
 */
export function readPicture(source: PictureSource, options: PictureOptions = {}): Promise<ReadPicture> {
  return readPictureBy(undefined, source, options);
}

/** Loads a network into the calling thread. */
export function load(options: OwnModelOptions): Promise<Explainer> {
  loadEngine ??= sharing((options) => loadAlone(options, none));
  return loadExplainer(options, loadEngine);
}
