// @ts-check
/** @import { Explainer, Picture } from '../gradlens/dist/index.js' */

// How far a network's answers may be believed, without knowing what is in a photo: what it sees should be the same in
// views of one photo, and something else in other photos. How sure it is says nothing: inputs that are too large saturate
// a softmax, and inputs that are too small have it answer the same to everything.

/** @typedef {ArrayLike<number>} Answer the probability of each class, by its index */

/** The classes of ImageNet, and how many the networks of those have that know a background besides, before the others. */
const IMAGE_NET = [1000, 1001];

/** Sample photos, with the ImageNet class that is in each. */
export const known = { dog: 235, panda: 388, koala: 105, scarlet_macaw: 88, polar_bear: 296, bison: 347 };

/**
 * What a network answers to pictures, one after the other.
 * @param {Explainer} explainer
 * @param {readonly Picture[]} pictures
 * @param {AbortSignal} [signal]
 * @returns {Promise<number[][]>} of each picture the probability of each class, by its index
 */
export async function answersTo(explainer, pictures, signal) {
  const answers = [];
  for (const picture of pictures) {
    const found = await explainer.classify(picture, { topK: explainer.labels.length, signal });
    answers.push(found.sort((a, b) => a.classIdx - b.classIdx).map(({ probability }) => probability));
  }
  return answers;
}

/**
 * Judges what a network answers to several photos.
 * @param {readonly (readonly Answer[])[]} photos of each photo the answers to its views, the whole first; behind the
 *   visitor's those of the {@link known} ones
 * @returns {{ agreement: number, score: number }} `agreement` in [0, 1]: how far the answers to the views of the first photo are the
 *   same; `score` by which contracts are ranked
 */
export function judge(photos) {
  const within = photos.map((views) => mean(pairs(views).map(overlap)));
  const between = mean(pairs(photos.map(([whole]) => whole)).map(overlap));
  return { agreement: within[0], score: mean(within) - between + knowledge(photos.slice(1).map(([whole]) => whole)) };
}

/**
 * The share of probability that two answers have in common.
 * @param {readonly [Answer, Answer]} answers
 */
function overlap([a, b]) {
  return Array.from(a).reduce((sum, probability, at) => sum + Math.min(probability, b[at]), 0);
}

/**
 * The mean probability of what is in the known photos; 0 where the classes are not ImageNet's.
 * @param {readonly Answer[]} answers
 */
function knowledge(answers) {
  const { length } = answers[0];
  if (!IMAGE_NET.includes(length)) return 0;
  return mean(Object.values(known).map((index, at) => answers[at][index + length - IMAGE_NET[0]]));
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
