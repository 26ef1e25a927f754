// @ts-check
/** @import { DetectedObject, Explanation } from './gradlens/dist/index.js' */
import { list, percent } from './format.js';
import { words } from './words.js';

/**
 * A place in the picture, by thirds.
 * @param {number} x as a share of the width
 * @param {number} y as a share of the height
 * @returns {string}
 */
function place(x, y) {
  const third = (/** @type {number} */ share) => Math.min(2, Math.floor(share * 3));
  return words.places[third(y)][third(x)];
}

/**
 * Where the map is hottest.
 * @param {Explanation} explanation
 * @returns {string}
 */
function hottest({ raw, rawWidth, rawHeight, area, width, height }) {
  const index = raw.reduce((best, value, at) => (value > raw[best] ? at : best), 0);
  const x = area.x + (area.width * ((index % rawWidth) + 0.5)) / rawWidth;
  const y = area.y + (area.height * (Math.floor(index / rawWidth) + 0.5)) / rawHeight;
  return place(Math.max(0, x / width), Math.max(0, y / height));
}

/**
 * What the map says of the evidence, for those who do not see it.
 * @param {Explanation} explanation
 * @returns {string}
 */
export function describeEvidence(explanation) {
  return explanation.isEmpty
    ? words.answer.noEvidence
    : words.answer.strongest(hottest(explanation));
}

/**
 * The map of one class in words.
 * @param {Explanation} explanation
 */
export function describe(explanation) {
  const said = words.answer.probability(percent(explanation.probability), describeEvidence(explanation));
  return { title: explanation.label, words: said, alternative: words.answer.mapOf(explanation.label, said) };
}

/**
 * The map of one class rather than another in words.
 * @param {Explanation} explanation
 * @param {string} label
 * @param {string} other
 */
export function describeDifference(explanation, label, other) {
  const title = words.answer.ratherThan(label, other);
  const said = describeEvidence(explanation);
  return { title, words: said, alternative: words.answer.mapOf(title, said) };
}

/**
 * The objects of a photo in words.
 * @param {readonly DetectedObject[]} objects
 */
export function describeObjects(objects) {
  if (objects.length === 0) {
    const { none, nothing, mapOfNone } = words.objects;
    return { title: none, words: nothing, alternative: mapOfNone(nothing) };
  }
  const places = objects.map(whereabouts);
  const [title, said] = objects.length === 1
    ? [objects[0].label, words.objects.one(places[0])]
    : [words.objects.many(objects.length), words.objects.surest(list(objects.map(({ label }) => label)))];
  const each = objects.map(({ label, score }, i) => `${i + 1} ${label}, ${places[i]}, ${percent(score)}`);
  return { title, words: said, alternative: words.objects.mapOf(each.join('; ')) };
}

/** @param {DetectedObject} object */
function whereabouts({ box, explanation: { width, height } }) {
  if (!box) return words.objects.withEmptyMap;
  return place((box.x + box.width / 2) / width, (box.y + box.height / 2) / height);
}

/**
 * The maps of one class by many methods in words.
 * @param {Explanation} explanation one of them
 */
export function describeComparison({ label, probability }) {
  return { title: label, words: words.answer.probability(percent(probability), words.answer.pressMap) };
}
