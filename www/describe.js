// @ts-check
/** @import { DetectedObject, Explanation } from './gradlens/dist/index.js' */

const PLACES = [
  ['at the upper left', 'at the top', 'at the upper right'],
  ['at the left', 'in the middle', 'at the right'],
  ['at the lower left', 'at the bottom', 'at the lower right'],
];

const percents = new Intl.NumberFormat('en', { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });

const lists = new Intl.ListFormat('en-GB');

/**
 * A probability in words: no rounding to certainty at either end.
 * @param {number} probability
 * @returns {string}
 */
export function percent(probability) {
  if (probability > 0 && probability < 0.001) return '<0.1%';
  if (probability < 1 && probability > 0.999) return '>99.9%';
  return percents.format(probability);
}

/**
 * A place in the picture, by thirds.
 * @param {number} x as a share of the width
 * @param {number} y as a share of the height
 * @returns {string}
 */
function place(x, y) {
  const third = (/** @type {number} */ share) => Math.min(2, Math.floor(share * 3));
  return PLACES[third(y)][third(x)];
}

/**
 * Where the map is hottest.
 * @param {Explanation} explanation
 * @returns {string}
 */
function hottest({ raw, rawWidth, rawHeight }) {
  const index = raw.reduce((best, value, at) => (value > raw[best] ? at : best), 0);
  return place(((index % rawWidth) + 0.5) / rawWidth, (Math.floor(index / rawWidth) + 0.5) / rawHeight);
}

/**
 * What the map says of the evidence, for those who do not see it.
 * @param {Explanation} explanation
 * @returns {string}
 */
export function describeEvidence(explanation) {
  return explanation.isEmpty
    ? 'There is no positive evidence for this class, so the map is empty.'
    : `The evidence is strongest ${hottest(explanation)}.`;
}

/**
 * The map of one class in words.
 * @param {Explanation} explanation
 */
export function describe(explanation) {
  const words = `${percent(explanation.probability)} probability. ${describeEvidence(explanation)}`;
  return {
    title: explanation.label,
    words,
    alternative: `Map of the evidence for ${explanation.label}: ${words}`,
  };
}

/**
 * The objects of a photo in words.
 * @param {readonly DetectedObject[]} objects
 */
export function describeObjects(objects) {
  if (objects.length === 0) {
    const words = 'No part of this photo shows a class that the network is sure of. “One class” says what comes nearest.';
    return { title: 'No objects found', words, alternative: `Map of no objects: ${words}` };
  }
  const places = objects.map(whereabouts);
  const [title, words] = objects.length === 1
    ? [objects[0].label, `One object, ${places[0]}.`]
    : [`${objects.length} objects`, `Surest first: ${lists.format(objects.map(({ label }) => label))}.`];
  const each = objects.map(({ label, score }, i) => `${i + 1} ${label}, ${places[i]}, ${percent(score)}`);
  return { title, words, alternative: `Map of the objects: ${each.join('; ')}.` };
}

/** @param {DetectedObject} object */
function whereabouts({ box, explanation: { width, height } }) {
  if (!box) return 'with an empty map';
  return place((box.x + box.width / 2) / width, (box.y + box.height / 2) / height);
}

/**
 * The maps of one class by many methods in words.
 * @param {Explanation} explanation one of them
 */
export function describeComparison({ label, probability }) {
  return { title: label, words: `${percent(probability)} probability. Press a map to see it alone.` };
}
