// One contender, once, in a browser of its own.
import { difference } from '../prepare/reference.mjs';
import { launch, open } from './browser.mjs';
import { peakMemory } from './machine.mjs';

/** From this first map on, in milliseconds, a contender is slow and is asked for less. */
const SLOW_MS = 4000;
const FAST = { warmUps: 3, timed: 10, settles: true };
const SLOW = { warmUps: 1, timed: 3, settles: false };
const TIMED_MANY = 5;

const NONE = { times: [], answers: [] };

/**
 * What was measured, in milliseconds and bytes.
 * @typedef {object} Visit
 * @property {string} info what the contender says of itself
 * @property {number} cold from the navigation to the first map
 * @property {number} first that map alone
 * @property {number[]} warm maps of new pictures
 * @property {number[]} settled the same later: by then the engine has compiled all that it will
 * @property {number[]} next a second class of the same picture
 * @property {number[]} many eight classes of a new picture
 * @property {number[]} fine maps of larger pictures
 * @property {number | null} memory the peak of renderer and GPU process, after the settled maps
 * @property {number} difference the largest one to the reference, over all maps
 */

/**
 * @param {string} url
 * @param {{ pictures: import('../prepare/index.mjs').Expected[], fine: import('../prepare/index.mjs').Expected[] }} expected
 * @returns {Promise<Visit>}
 */
export async function visit(url, { pictures, fine }) {
  const browser = await launch();
  try {
    const ask = await open(browser, url);
    const begun = await ask('cold');
    const { warmUps, timed, settles } = begun.first > SLOW_MS ? SLOW : FAST;
    const [from, to] = [1 + warmUps, 1 + warmUps + timed];
    const explains = !begun.can.includes('forward');

    await ask('maps', 1, from);
    const warm = await ask('maps', from, to);
    const settled = settles ? await ask('maps', from, to) : NONE;
    const memory = await peakMemory(browser);
    const next = explains ? await ask('next', from, to) : NONE;
    const many = explains ? await ask('many', from, Math.min(to, from + TIMED_MANY)) : NONE;
    const finer = begun.can.includes('fine') ? await ask('fine', fine.map(({ classes }) => classes[0])) : NONE;

    const answer = ({ logits, maps }) => (explains ? maps[0] : logits);
    const compared = [
      [begun.answer, answer(pictures[0])],
      ...[...warm.answers, ...settled.answers].map((found, at) => [found, answer(pictures[from + (at % timed)])]),
      ...next.answers.map((map, at) => [map, pictures[from + at].maps[1]]),
      ...many.answers.flatMap((maps, at) => maps.map((map, i) => [map, pictures[from + at].maps[i]])),
      ...finer.answers.map((map, at) => [map, fine[at].maps[0]]),
    ];
    return {
      info: begun.info,
      cold: begun.cold,
      first: begun.first,
      warm: warm.times,
      settled: settled.times,
      next: next.times,
      many: many.times,
      fine: finer.times,
      memory,
      difference: Math.max(...compared.map(([found, expected]) => difference(found, expected))),
    };
  } finally {
    await browser.close();
  }
}
