// @ts-check
/** @import { Faithfulness, FaithfulnessSummary } from '../gradlens/dist/index.js' */
/** @import { createEngine } from '../engine.js' */
/** @import { Choice } from './choice.js' */
/** @import { Settings } from './setup.js' */
import { sentence } from '../errors.js';
import { unlessAborted } from './abort.js';

/**
 * Where a result is from.
 * @typedef {object} Origin
 * @property {Choice} choice
 * @property {Settings} settings
 * @property {readonly string[]} notes in what the picture differs from its file
 */

/**
 * Measures pictures one after the other. One that fails is left out, with the reason, and the
 * others go on.
 * @param {object} run
 * @param {readonly Choice[]} run.chosen
 * @param {Settings} run.settings
 * @param {ReturnType<typeof createEngine>} run.engine
 * @param {FaithfulnessSummary} run.summary gets the results
 * @param {AbortSignal} run.signal ends the run at once; the picture at hand does not count then
 * @param {() => void} run.onPicture called after every picture
 * @param {WeakMap<Faithfulness, Origin>} run.origins gets where each result is from: names may be the same
 */
export async function measure({ chosen, settings, engine, summary, signal, origins, onPicture }) {
  const { methods, inputSize, background, curveSteps, road } = settings;
  const yardsticks = true;
  const read = (/** @type {number} */ at) => {
    const picture = chosen[at]?.read();
    // A failure is met where this is awaited.
    picture?.catch(() => {});
    return picture;
  };

  let next = read(0);
  for (const [at, choice] of chosen.entries()) {
    const explainer = await unlessAborted(engine.ready(), signal);
    const reading = next;
    // Read while the network is busy with the one before.
    next = read(at + 1);
    try {
      const { pixels, notes } = await unlessAborted(reading, signal);
      const result = await explainer.faithfulness(pixels, null, methods, { inputSize, background, curveSteps, road, yardsticks, signal });
      origins.set(result, { choice, settings, notes });
      summary.add(choice.name, result);
    } catch (error) {
      if (signal.aborted) throw error;
      engine.drop(error);
      summary.leaveOut(choice.name, sentence(error));
    }
    onPicture();
  }
}
