// @ts-check
import { number } from '../format.js';
import { words } from '../words.js';

/**
 * How long the rest takes if it goes on as so far, in words.
 * @param {number} done at least 1
 * @param {number} all
 * @param {number} elapsed milliseconds
 */
export function timeLeft(done, all, elapsed) {
  return words.run.left(duration((elapsed / done) * (all - done)));
}

/**
 * A time in words, as exact as is useful.
 * @param {number} milliseconds
 */
export function duration(milliseconds) {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  if (seconds < 100) return words.run.seconds(number(seconds));
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? words.run.minutes(number(minutes)) : words.run.hours(number(minutes / 60, 1));
}
