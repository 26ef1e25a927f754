// @ts-check
import { words } from './words.js';

const { locale } = words;
const percents = new Intl.NumberFormat(locale, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
const wholePercents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
const lists = new Intl.ListFormat(locale);

/**
 * A probability in words: no rounding to certainty at either end.
 * @param {number} probability
 * @returns {string}
 */
export function percent(probability) {
  if (probability > 0 && probability < 0.001) return `<${percents.format(0.001)}`;
  if (probability < 1 && probability > 0.999) return `>${percents.format(0.999)}`;
  return percents.format(probability);
}

/**
 * A share of a whole as a round percentage.
 * @param {number} share
 * @returns {string}
 */
export function wholePercent(share) {
  return wholePercents.format(share);
}

/**
 * A number with so many digits behind the point, none unless they are asked for.
 * @param {number} value
 * @param {number} [digits]
 * @returns {string}
 */
export function number(value, digits = 0) {
  return value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/**
 * “a, b and c”
 * @param {readonly string[]} names
 * @returns {string}
 */
export function list(names) {
  return lists.format(names);
}
