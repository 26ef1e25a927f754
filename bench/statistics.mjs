// What many rounds say together.

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param {readonly number[]} values all above 0 */
export function geometricMean(values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** In how many cases of a hundred at most the true median lies beyond one end of an interval. */
const BEYOND = 0.025;

/**
 * Between which of the values the true median lies in at least 95 cases of 100, whatever the distribution: it has
 * Binomial(n, 1/2) of the values below it. Null where the values are too few to say, that is below 6.
 * @param {readonly number[]} values independent ones
 * @returns {[low: number, high: number] | null}
 */
export function medianInterval(values) {
  const sorted = [...values].sort((a, b) => a - b);
  let term = 0.5 ** sorted.length;
  let beyond = 0;
  let outside = 0;
  while (beyond + term <= BEYOND) {
    beyond += term;
    term *= (sorted.length - outside) / (outside + 1);
    outside++;
  }
  return outside === 0 ? null : [sorted[outside - 1], sorted[sorted.length - outside]];
}

/**
 * The median of ratios and its interval, as a table shows them.
 * @param {readonly number[]} ratios
 */
export function ratioText(ratios) {
  if (ratios.length === 0) return '–';
  const interval = medianInterval(ratios);
  const bounds = interval ? ` (${interval.map((each) => each.toFixed(3)).join('–')})` : '';
  return `${median(ratios).toFixed(3)}${bounds}`;
}
