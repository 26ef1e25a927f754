// @ts-check
/** @import { Explainer, Prediction } from '../gradlens/dist/index.js' */
/** @import { Network } from './network.js' */
/** @import { Preset } from './presets.js' */
import { download, decode } from '../picture.js';
import { loadOptions } from './network.js';
import { partsOf, presetNames } from './presets.js';

/**
 * What a network sees of a photo under a preset, and how far that may be believed.
 * @typedef {object} Trial
 * @property {Preset} preset
 * @property {readonly Prediction[]} classes the likeliest
 * @property {number} agreement in [0, 1]: of the answers for the photo, flipped and in parts
 * @property {number} score by which presets are ranked
 */

/** Sample photos, with the ImageNet class that is in each. */
const known = { dog: 235, panda: 388, koala: 105, scarlet_macaw: 88, polar_bear: 296, bison: 347 };

/** How many of ImageNet's classes a network may have: with one for the background or without. */
const IMAGE_NET = [1000, 1001];

/**
 * Asks a network about a photo under each preset, the best first. A preset is good whose answers stay the same over a
 * photo's parts and its mirror image and differ between photos; a network of as many classes as ImageNet
 * has should know the sample photos besides. A sure answer alone says nothing: inputs that are too large saturate a
 * softmax.
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
  const views = viewsOf(photo);
  /** @type {Trial[]} */
  const trials = [];
  const own = await load({ backend: 'cpu', ...loadOptions(network), signal });
  try {
    const ask = (/** @type {ImageData} */ picture) => own.classify(picture, { topK: own.labels.length, signal });
    for (const preset of presetNames) {
      onProgress(trials.length, presetNames.length);
      await own.setContract({ ...network.contract, ...partsOf(preset, explainer.model.contract.channels) });
      const ofPhoto = [];
      for (const view of views) ofPhoto.push(await ask(view));
      const ofOthers = [];
      for (const other of others) ofOthers.push(await ask(other));
      const agreement = mean(pairs(ofPhoto).map(([a, b]) => overlap(a, b)));
      const sameness = mean(pairs([ofPhoto[0], ...ofOthers]).map(([a, b]) => overlap(a, b)));
      trials.push({ preset, classes: ofPhoto[0].slice(0, 3), agreement, score: agreement - sameness + knowledge(ofOthers) });
    }
  } finally {
    own.dispose();
  }
  return trials.sort((a, b) => b.score - a.score);
}

/**
 * The share of probability that two answers have in common.
 * @param {readonly Prediction[]} a
 * @param {readonly Prediction[]} b
 */
function overlap(a, b) {
  const other = new Map(b.map(({ classIdx, probability }) => [classIdx, probability]));
  return a.reduce((sum, { classIdx, probability }) => sum + Math.min(probability, other.get(classIdx) ?? 0), 0);
}

/**
 * The mean probability of what is in the sample photos; 0 where the classes are not ImageNet's.
 * @param {readonly (readonly Prediction[])[]} answers
 */
function knowledge(answers) {
  const classes = answers[0].length;
  if (!IMAGE_NET.includes(classes)) return 0;
  const right = Object.values(known).map((index) => index + classes - IMAGE_NET[0]);
  return mean(answers.map((answer, at) => answer.find(({ classIdx }) => classIdx === right[at])?.probability ?? 0));
}

/**
 * A photo, its mirror image, and two parts of it that overlap.
 * @param {ImageData} photo
 */
function viewsOf(photo) {
  const pixels = new Uint32Array(photo.data.buffer);
  const part = (/** @type {number} */ from, /** @type {number} */ to, mirrored = false) => {
    const [left, top, right, bottom] = [from * photo.width, from * photo.height, to * photo.width, to * photo.height].map(Math.round);
    const view = new ImageData(Math.max(1, right - left), Math.max(1, bottom - top));
    const { width, height } = view;
    const seen = new Uint32Array(view.data.buffer);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        seen[y * width + x] = pixels[(top + y) * photo.width + left + (mirrored ? width - 1 - x : x)];
      }
    }
    return view;
  };
  return [photo, part(0, 1, true), part(0, 0.85), part(0.15, 1)];

}

/**
 * @template T
 * @param {readonly T[]} all
 * @returns {[T, T][]}
 */
function pairs(all) {
  return all.flatMap((a, i) => all.slice(i + 1).map((b) => /** @type {[T, T]} */ ([a, b])));
}

/** @param {readonly number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
