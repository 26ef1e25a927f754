// @ts-check
/** @import { Method } from './gradlens/dist/index.js' */
/** @import { createControls } from './controls.js' */
/** @import { createDisplay } from './display.js' */
/** @import { Job } from './job.js' */
/** @import { Findings } from './report.js' */
/** @import { createView } from './view.js' */
import { describeComparison } from './describe.js';
import { byId } from './dom.js';
import { createRepaint } from './repaint.js';
import { createTile } from './tile.js';
import { words } from './words.js';

/**
 * The mode that shows the maps of the chosen class by all methods, side by side.
 * @param {object} page
 * @param {ReturnType<typeof createView>} page.view
 * @param {ReturnType<typeof createControls>} page.controls
 * @param {ReturnType<typeof createDisplay>} page.display
 * @param {(job: Job) => Promise<number>} chosenClass
 * @param {(method: Method) => void} onPick called with the method whose map is to be shown alone
 */
export function createCompare({ view, controls, display }, chosenClass, onPick) {
  const list = byId('compare', HTMLOListElement);
  const photo = byId('picture', HTMLCanvasElement);
  const tiles = controls.methods.map(createTile);
  list.append(...tiles.map(({ item }) => item));
  list.addEventListener('click', ({ target }) => {
    const button = target instanceof Element && target.closest('button');
    if (button) onPick(/** @type {Method} */ (button.dataset.method));
  });

  return {
    /** @param {boolean} seen whether the tiles are on the stage: elsewhere nothing is painted */
    clear(seen) {
      for (const tile of tiles) tile.clear(seen ? photo : null);
    },

    /**
     * @param {Job} job
     * @returns {Promise<Findings>}
     */
    async run(job) {
      const classIdx = await chosenClass(job);
      const [able, unable] = [true, false].map((is) => tiles.filter(({ method }) => controls.has(method) === is));
      for (const tile of unable) tile.refuse(photo);
      for (const tile of able) tile.wait();
      const explanations = [];
      for (const tile of able) {
        const { method, layer, inputSize } = controls.settings(tile.method);
        const explanation = await job.ask(() => job.explainer.explain(job.pixels, classIdx, method, { layer, inputSize }));
        tile.show(explanation, photo, display.look());
        explanations.push(explanation);
        view.say(describeComparison(explanation));
      }
      return { what: words.status.maps(able.length), explanations, objects: [] };
    },

    restyle: createRepaint((look) => {
      for (const tile of tiles) tile.paint(photo, look);
    }),
  };
}
