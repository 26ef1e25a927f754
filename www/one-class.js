// @ts-check
/** @import { CallProgress, Explanation } from './gradlens/dist/index.js' */
/** @import { Job } from './job.js' */
/** @import { createControls } from './controls.js' */
/** @import { createDisplay } from './display.js' */
/** @import { Findings } from './report.js' */
/** @import { Look, createView } from './view.js' */
import { FEW } from './controls.js';
import { describe } from './describe.js';
import { percent } from './format.js';
import { hideBelow } from './hide.js';
import { words } from './words.js';

/**
 * The mode that shows the map of the chosen class.
 * @param {object} page
 * @param {ReturnType<typeof createView>} page.view
 * @param {ReturnType<typeof createControls>} page.controls
 * @param {ReturnType<typeof createDisplay>} page.display
 * @param {(job: Job) => Promise<number>} chosenClass
 */
export function createOneClass({ view, controls, display }, chosenClass) {
  return {
    /**
     * @param {Job} job
     * @returns {Promise<Findings>}
     */
    async run(job) {
      const classIdx = await chosenClass(job);
      const { method, layer, inputSize } = controls.settings();
      const { signal } = job.turn;
      const runs = job.explainer.model.methods.find(({ name }) => name === method)?.runs ?? 1;
      let told = 0;
      const onProgress = (/** @type {CallProgress} */ { share }) => {
        const tenths = Math.floor(10 * share);
        if (signal.aborted || runs <= FEW || tenths === told) return;
        told = tenths;
        view.say({ title: '', words: words.answer.running(percent(tenths / 10), runs) });
      };
      const options = { layer, inputSize, signal, onProgress };
      const explanation = await job.ask(() => job.explainer.explain(job.pixels, classIdx, method, options));
      view.show({ paint: (look, width) => paint(explanation, look, width), ...describe(explanation) }, display.look());
      return { what: words.status.map, explanations: [explanation], objects: [] };
    },
  };
}

/**
 * Paints the map of one class, and hides what has too little evidence.
 * @param {Explanation} explanation
 * @param {Look} look
 * @param {number} width
 */
export function paint(explanation, { colormap, opacity, hideBelow: least }, width) {
  const overlay = explanation.toImageData({ colormap, opacity, width });
  if (least > 0) hideBelow(overlay, explanation.toImageData({ colormap: 'grayscale', width }), least);
  return overlay;
}
