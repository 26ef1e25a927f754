// @ts-check
/** @import { Job } from './job.js' */
/** @import { createControls } from './controls.js' */
/** @import { createView } from './view.js' */
import { describe } from './describe.js';

/**
 * The mode that shows the map of the chosen class.
 * @param {object} page
 * @param {ReturnType<typeof createView>} page.view
 * @param {ReturnType<typeof createControls>} page.controls
 * @param {(job: Job) => Promise<number>} chosenClass
 */
export function createOneClass({ view, controls }, chosenClass) {
  return {
    /** @param {Job} job */
    async run(job) {
      const classIdx = await chosenClass(job);
      const { method, layer, inputSize } = controls.settings();
      const explanation = await job.ask(() => job.explainer.explain(job.pixels, classIdx, method, { layer, inputSize }));
      view.show({ paint: (look) => explanation.toImageData(look), ...describe(explanation) }, controls.look());
      return 'Map';
    },
  };
}
