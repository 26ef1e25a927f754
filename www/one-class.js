// @ts-check
/** @import { CallProgress, Explanation } from './gradlens/dist/index.js' */
/** @import { createAgainst } from './against.js' */
/** @import { Job } from './job.js' */
/** @import { createControls } from './controls.js' */
/** @import { createDisplay } from './display.js' */
/** @import { Findings } from './report.js' */
/** @import { Look, createView } from './view.js' */
import { costOf, FEW } from './controls.js';
import { describe, describeDifference } from './describe.js';
import { percent } from './format.js';
import { hideBelow } from './hide.js';
import { paintMap } from './paint-map.js';
import { words } from './words.js';

/**
 * The mode that shows the map of the chosen class.
 * @param {object} page
 * @param {ReturnType<typeof createView>} page.view
 * @param {ReturnType<typeof createControls>} page.controls
 * @param {ReturnType<typeof createDisplay>} page.display
 * @param {(job: Job) => Promise<number>} chosenClass
 * @param {ReturnType<typeof createAgainst>} against
 */
export function createOneClass({ view, controls, display }, chosenClass, against) {
  return {
    /**
     * @param {Job} job
     * @returns {Promise<Findings>}
     */
    async run(job) {
      const classIdx = await chosenClass(job);
      const other = against.offer(job.photo.classes ?? [], classIdx);
      const { method, ...settings } = controls.settings();
      const { signal } = job.turn;
      const runs = costOf(job.explainer.model, method);
      let told = 0;
      const onProgress = (/** @type {CallProgress} */ { share }) => {
        const tenths = Math.floor(10 * share);
        if (signal.aborted || runs <= FEW || tenths === told) return;
        told = tenths;
        view.say({ title: '', words: words.answer.running(percent(tenths / 10), runs) });
      };
      const options = { ...settings, signal, onProgress };
      const explanation = await job.ask(() => (other
        ? job.explainer.explain(job.pixels, null, method, { ...options, target: { class: classIdx, against: other.classIdx } })
        : job.explainer.explain(job.pixels, classIdx, method, options)));
      const { isSigned } = explanation;
      const said = other ? describeDifference(explanation, job.explainer.labels[classIdx], other.label) : describe(explanation);
      view.show({ paint: (look, width) => paint(explanation, look, width), isSigned, ...said }, display.look());
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
export function paint(explanation, look, width) {
  const overlay = paintMap(explanation, look, width);
  if (look.hideBelow > 0) hideBelow(overlay, paintMap(explanation, { ...look, opacity: 1 }, width), look.hideBelow);
  return overlay;
}
