// @ts-check
/** @import { Method, MethodFamily } from './gradlens/dist/index.js' */
/** @import { createControls } from './controls.js' */
/** @import { createDisplay } from './display.js' */
/** @import { Job } from './job.js' */
/** @import { Findings } from './report.js' */
/** @import { createView } from './view.js' */
import { costOf, FEW, whyMissing } from './controls.js';
import { describeComparison } from './describe.js';
import { byId, create } from './dom.js';
import { createRepaint } from './repaint.js';
import { createTile } from './tile.js';
import { words } from './words.js';

/** @type {readonly MethodFamily[]} */
const families = ['gradient', 'activation', 'attention', 'score', 'pixel'];

/**
 * The tiles of a family under its name.
 * @param {MethodFamily} family
 * @param {readonly { item: HTMLElement }[]} tiles
 */
function section(family, tiles) {
  const made = create('section', '');
  const list = create('ol', '');
  list.append(...tiles.map(({ item }) => item));
  made.append(create('h2', '', words.methods.families[family]), create('p', 'hint', words.methods.about[family]), list);
  return made;
}

/**
 * The mode that shows the maps of the chosen class by all methods, side by side, family by family. Those that take many runs
 * say how many, and are computed alone when they are pressed.
 * @param {object} page
 * @param {ReturnType<typeof createView>} page.view
 * @param {ReturnType<typeof createControls>} page.controls
 * @param {ReturnType<typeof createDisplay>} page.display
 * @param {(job: Job) => Promise<number>} chosenClass
 * @param {(method: Method) => void} onPick called with the method whose map is to be shown alone
 */
export function createCompare({ view, controls, display }, chosenClass, onPick) {
  const list = byId('compare', HTMLElement);
  const photo = byId('picture', HTMLCanvasElement);
  const tiles = controls.methods.map(({ method, family, name }) => ({
    method,
    family,
    ...createTile(name, { method }, ({ layer }) => words.answer.layer(layer)),
  }));
  list.append(...families.map((family) => section(family, tiles.filter((tile) => tile.family === family))));
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
      const runsOf = (/** @type {Method} */ method) => costOf(job.explainer.model, method);
      const [able, unable] = [true, false].map((is) => tiles.filter(({ method }) => controls.has(method) === is));
      const [quick, costly] = [true, false].map((is) => able.filter(({ method }) => runsOf(method) <= FEW === is));
      for (const tile of unable) tile.refuse(photo, whyMissing(tile.method));
      for (const tile of costly) tile.ask(words.answer.runs(runsOf(tile.method)));
      for (const tile of quick) tile.wait();
      const explanations = [];
      for (const tile of quick) {
        const { method, ...settings } = controls.settings(tile.method);
        const explanation = await job.ask(() => job.explainer.explain(job.pixels, classIdx, method, settings));
        tile.show(explanation, photo, display.look());
        explanations.push(explanation);
        view.say(describeComparison(explanation));
      }
      return { what: words.status.maps(quick.length), explanations, objects: [] };
    },

    restyle: createRepaint((look) => {
      for (const tile of tiles) tile.paint(photo, look);
    }),
  };
}
