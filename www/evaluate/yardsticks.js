// @ts-check
/** @import { FaithfulnessSummary, Measure, YardstickSummary } from '../gradlens/dist/index.js' */
import { create } from '../dom.js';
import { list } from '../format.js';
import { words } from '../words.js';
import { nameOf } from './methods.js';

/**
 * What a measure is called; the paper's name is for its own background alone.
 * @param {Measure} measure
 * @param {Pick<FaithfulnessSummary, 'background'>} summary
 */
export function measureName(measure, { background }) {
  return measure === 'drop' && background !== 'black' ? words.results.meanDrop : words.results.measures[measure];
}

/** @param {Pick<YardstickSummary, 'yardstick' | 'method'>} yardstick */
export function yardstickName({ yardstick, method }) {
  const { yardstickNames } = words.results;
  return yardstick === 'shuffled' ? yardstickNames.shuffled(nameOf(/** @type {NonNullable<typeof method>} */ (method))) : yardstickNames[yardstick];
}

/**
 * A sentence for each measure that maps win that look at no evidence.
 * @param {FaithfulnessSummary} summary
 */
export function beatenItems(summary) {
  return summary.beaten.map(({ measure, yardsticks }) =>
    create('li', '', words.results.beaten(measureName(measure, summary), list(yardsticks.map(yardstickName)))));
}
