// @ts-check
/** @import { Explainer, Prediction } from '../gradlens/dist/index.js' */
/** @import { Network } from './network.js' */
/** @import { Preset } from './presets.js' */
import { decode, download } from '../picture.js';
import { answersTo, judge, known } from './judge.js';
import { loadOptions } from './network.js';
import { partsOf, presetGroups } from './presets.js';
import { mirrored, viewsOf } from './views.js';

/**
 * What a network sees of a photo under presets that give it the same values, and how far that may be believed.
 * @typedef {object} Trial
 * @property {readonly Preset[]} presets
 * @property {readonly Prediction[]} classes the likeliest
 * @property {number} agreement in [0, 1]: of the answers for the photo, mirrored and in parts
 * @property {number} score by which trials are ranked
 */

/**
 * Asks a network about a photo under each preset's values, the likeliest preset first; pictures are fitted as they are now.
 * @param {Network} network
 * @param {Explainer} explainer of that network
 * @param {ImageData} photo
 * @param {object} call
 * @param {AbortSignal} call.signal
 * @param {(done: number, all: number) => void} call.onProgress
 * @returns {Promise<Trial[]>}
 */
export async function tryPresets(network, explainer, photo, { signal, onProgress }) {
  const { load } = await import('../gradlens/dist/index.js');
  const others = await Promise.all(Object.keys(known).map(async (id) => (await decode(await download(`samples/thumbs/${id}.webp`, id))).pixels));
  const photos = [viewsOf(photo), ...others.map((other) => [other, mirrored(other)])];
  /** @type {Trial[]} */
  const trials = [];
  const own = await load({ backend: 'cpu', ...loadOptions(network), signal });
  try {
    for (const presets of presetGroups) {
      onProgress(trials.length, presetGroups.length);
      const { resize, ...values } = partsOf(presets[0], explainer.model.contract.channels);
      await own.setContract({ ...network.contract, ...values });
      const classes = await own.classify(photo, { topK: 3, signal });
      /** @type {number[][][]} */
      const answers = [];
      for (const views of photos) answers.push(await answersTo(own, views, signal));
      trials.push({ presets, classes, ...judge(answers) });
    }
  } finally {
    own.dispose();
  }
  return trials.sort((a, b) => b.score - a.score);
}
