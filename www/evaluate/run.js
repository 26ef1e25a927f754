// @ts-check
/** @import { FaithfulnessSummary } from '../gradlens/dist/index.js' */
/** @import { createEngine } from '../engine.js' */
/** @import { Choice } from './choice.js' */
/** @import { Settings } from './setup.js' */
import { sentence } from '../errors.js';
import { unlessAborted } from './abort.js';

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
 */
export async function measure({ chosen, settings, engine, summary, signal, onPicture }) {
  const { methods, inputSize, curveSteps } = settings;
  const read = (/** @type {number} */ at) => {
    const pixels = chosen[at]?.read();
    // A failure is met where this is awaited.
    pixels?.catch(() => {});
    return pixels;
  };

  let next = read(0);
  for (const [at, { name }] of chosen.entries()) {
    const explainer = await unlessAborted(engine.ready(), signal);
    const reading = next;
    // Read while the network is busy with the one before.
    next = read(at + 1);
    try {
      const pixels = await unlessAborted(reading, signal);
      summary.add(name, await explainer.faithfulness(pixels, null, methods, { inputSize, curveSteps, signal }));
    } catch (error) {
      if (signal.aborted) throw error;
      engine.drop(error);
      summary.leaveOut(name, sentence(error));
    }
    onPicture();
  }
}
