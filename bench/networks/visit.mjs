// One network on one engine, once, in a browser of its own.
import { launch, open } from '../measure/browser.mjs';
import { peakMemory } from '../measure/machine.mjs';

const WARM_UPS = 3;
const TIMED = 8;

/**
 * What was measured, in milliseconds and bytes.
 * @typedef {object} Visit
 * @property {number} ready from the bytes of the network in the page to an engine that can be asked
 * @property {number} first from there, too, to the first answer
 * @property {number[]} warm answers to new pictures
 * @property {number[]} settled the same later: by then the engine has compiled all that it will
 * @property {number} memory the most that renderer and GPU process have held
 * @property {Answer[]} answers all of them
 */

/**
 * An explanation, or a prediction.
 * @typedef {{ classIdx: number, logit: number, layer: string, map: number[] } | { logits: number[] }} Answer
 */

/** @type {(url: string) => Promise<Visit>} */
export async function visit(url) {
  const browser = await launch();
  try {
    const ask = await open(browser, url);
    const { ready, first, answers } = await ask('begin');
    const warmUps = await ask('answers', WARM_UPS);
    const warm = await ask('answers', TIMED);
    const settled = await ask('answers', TIMED);
    return {
      ready,
      first,
      warm: warm.times,
      settled: settled.times,
      memory: await peakMemory(browser),
      answers: [...answers, ...warmUps.answers, ...warm.answers, ...settled.answers],
    };
  } finally {
    await browser.close();
  }
}

/**
 * How far explanations lie from predictions of the same pictures: their logits, and their classes' from the top one's, as
 * a share of the largest logit. Infinite where a map holds anything but finite numbers.
 * @param {Answer[]} explanations
 * @param {Answer[]} predictions
 */
export function difference(explanations, predictions) {
  return Math.max(...explanations.map(({ classIdx, logit, map }, at) => {
    const { logits } = predictions[at];
    if (!map.every(Number.isFinite)) return Infinity;
    const off = Math.max(Math.abs(logit - logits[classIdx]), Math.max(...logits) - logits[classIdx]);
    return off / Math.max(...logits.map(Math.abs));
  }));
}
