// @ts-check

/**
 * A number with its noun.
 * @param {number} number
 * @param {string} noun
 */
export function count(number, noun) {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

/**
 * How long the rest takes if it goes on as so far, in words.
 * @param {number} done at least 1
 * @param {number} all
 * @param {number} elapsed milliseconds
 */
export function timeLeft(done, all, elapsed) {
  return `about ${duration((elapsed / done) * (all - done))} left`;
}

/**
 * A time in words, as exact as is useful.
 * @param {number} milliseconds
 */
export function duration(milliseconds) {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
