// @ts-check
/** @import { Explainer } from '../gradlens/dist/index.js' */
import { squares } from './photos.js';

/** The measures, in the order in which they are shown. */
export const measures = /** @type {const} */ (['load', 'first', 'map', 'next', 'many', 'fine']);

/** @typedef {typeof measures[number]} Measure */
/** @typedef {Record<Measure, number[]>} Times in milliseconds, one for each time it was measured; none where the network has no such thing */

const METHOD = 'grad-cam++';
/** By then the browser has compiled the program's inner loops for speed. */
const WARM_UPS = 3;
const MAPS = 10;
const MANY = 3;
const CLASSES = 8;
const FINE = 3;

/**
 * Measures one backend.
 * @param {() => Promise<Explainer>} load
 * @param {(measure: Measure, share: number) => void} onStep told what comes next, and how far this is, in [0, 1]
 * @returns {Promise<{ times: Times, threads: number }>} how long all took, and how many threads computed on the CPU
 */
export async function measure(load, onStep) {
  const photos = await squares(1 + WARM_UPS + MAPS + MANY, 224);
  const large = await squares(1 + FINE, 448);
  /** @type {Times} */
  const times = { load: [], first: [], map: [], next: [], many: [], fine: [] };
  const steps = 2 + MAPS + MANY + FINE;
  let done = 0;
  /**
   * @template T
   * @param {Measure} name
   * @param {() => Promise<T>} task
   * @returns {Promise<T>}
   */
  const timed = async (name, task) => {
    onStep(name, Math.min(done / steps, 1));
    const started = performance.now();
    const result = await task();
    times[name].push(performance.now() - started);
    if (name !== 'next') done++;
    return result;
  };

  const explainer = await timed('load', load);
  try {
    const take = (/** @type {number} */ count) => photos.splice(0, count);
    const [first] = take(1);
    await timed('first', () => explainer.explain(first, null, METHOD));
    const classes = (await explainer.classify(first, CLASSES)).map(({ classIdx }) => classIdx);
    for (const photo of take(WARM_UPS)) await explainer.explain(photo, classes[0], METHOD);
    for (const photo of take(MAPS)) {
      await timed('map', () => explainer.explain(photo, classes[0], METHOD));
      await timed('next', () => explainer.explain(photo, classes[1], METHOD));
    }
    for (const photo of take(MANY)) await timed('many', () => explainer.explainMany(photo, classes, METHOD));
    // Networks of one size would see it there again.
    const isFine = explainer.model.contract.resize.startsWith('fit');
    for (const [at, photo] of isFine ? large.entries() : []) {
      const explain = () => explainer.explain(photo, classes[0], METHOD, { inputSize: 448 });
      await (at === 0 ? explain() : timed('fine', explain));
    }
    return { times, threads: await explainer.threads() };
  } finally {
    explainer.dispose();
  }
}
