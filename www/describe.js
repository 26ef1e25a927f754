// @ts-check
/** @import { Explanation } from './gradlens/dist/index.js' */

const PLACES = [
  ['at the upper left', 'at the top', 'at the upper right'],
  ['at the left', 'in the middle', 'at the right'],
  ['at the lower left', 'at the bottom', 'at the lower right'],
];

const percents = new Intl.NumberFormat('en', { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });

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
 * Where in the picture the map is hottest, by thirds.
 * @param {Explanation} explanation
 * @returns {string}
 */
function place({ raw, rawWidth, rawHeight }) {
  const hottest = raw.reduce((best, value, index) => (value > raw[best] ? index : best), 0);
  const third = (/** @type {number} */ cell, /** @type {number} */ cells) => Math.floor(((cell + 0.5) / cells) * 3);
  return PLACES[third(Math.floor(hottest / rawWidth), rawHeight)][third(hottest % rawWidth, rawWidth)];
}

/**
 * The map in one or two sentences, for those who do not see it.
 * @param {Explanation} explanation
 * @returns {string}
 */
export function describe(explanation) {
  const share = `${percent(explanation.probability)} probability.`;
  return explanation.isEmpty
    ? `${share} There is no positive evidence for this class, so the map is empty.`
    : `${share} The evidence is strongest ${place(explanation)}.`;
}
