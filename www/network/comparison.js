// @ts-check
/** @import { Explainer, Explanation } from '../gradlens/dist/index.js' */
/** @import { createControls } from '../controls.js' */
/** @import { createDisplay } from '../display.js' */
/** @import { Job } from '../job.js' */
/** @import { Findings } from '../report.js' */
/** @import { Look, createView } from '../view.js' */
/** @import { Rival } from './rivals.js' */
/** @import { createNetworkSwitch } from './switch.js' */
import { byId, create } from '../dom.js';
import { sentence } from '../errors.js';
import { list, number, percent } from '../format.js';
import { createRepaint } from '../repaint.js';
import { createTile } from '../tile.js';
import { words } from '../words.js';
import { BUILT_IN } from './bar.js';
import { createRivals, rivalsOf } from './rivals.js';

const said = words.networks;

/**
 * The mode that shows a photo to several networks, side by side: to the one that is chosen, the built-in one, and of those that
 * are kept or come with the site to those that were pressed.
 * @param {object} page
 * @param {ReturnType<typeof createView>} page.view
 * @param {ReturnType<typeof createControls>} page.controls
 * @param {ReturnType<typeof createDisplay>} page.display
 * @param {ReturnType<typeof createNetworkSwitch>} networks
 * @param {(job: Job) => Promise<number>} chosenClass
 * @param {object} on
 * @param {(rival: Rival | null) => void} on.pick called with the network whose map is to be shown alone; null for the chosen one
 * @param {() => void} on.more called when another network was pressed that has not answered yet
 */
export function createComparison({ view, controls, display }, networks, chosenClass, on) {
  const region = byId('networks', HTMLElement);
  const tileList = create('ol', '');
  region.append(create('p', 'hint', said.hint), tileList);
  const photo = byId('picture', HTMLCanvasElement);
  const rivals = createRivals();
  /** Those that answer: the built-in one does so unasked. */
  const asked = new Set([BUILT_IN]);
  /** @type {{ rival: Rival | null, tile: ReturnType<typeof createTile> }[]} */
  let shown = [];

  tileList.addEventListener('click', ({ target }) => {
    const button = target instanceof Element && target.closest('button');
    const found = button && shown.find(({ tile }) => tile.item === button.parentElement);
    if (!found) return;
    const { rival } = found;
    if (!rival || rivals.has(rival.name)) return on.pick(rival);
    asked.add(rival.name);
    on.more();
  });

  /** @param {Explanation} explanation */
  function say({ label, probability }) {
    return said.sees(label, percent(probability));
  }

  /**
   * The map of the class of that name, or of the likeliest one where the network has none.
   * @param {Explainer} explainer
   * @param {Job} job
   * @param {string} label
   */
  async function explain(explainer, { ask, pixels }, label) {
    const { method, negative } = controls.settings();
    const at = explainer.labels.indexOf(label);
    return ask(() => explainer.explain(pixels, at < 0 ? null : at, method, { negative }));
  }

  return {
    /** @param {boolean} seen whether the tiles are on the stage: elsewhere they hold no networks in memory */
    clear(seen) {
      shown = [];
      tileList.replaceChildren();
      if (!seen) rivals.dispose();
    },

    /**
     * @param {Job} job
     * @returns {Promise<Findings>}
     */
    async run(job) {
      const { current } = networks;
      const label = job.explainer.labels[await chosenClass(job)];
      const others = await job.turn.still(rivalsOf(current));
      shown = [null, ...others].map((rival) => {
        const name = rival?.name ?? current?.name ?? BUILT_IN;
        return { rival, tile: createTile(name, { network: name }, say) };
      });
      tileList.replaceChildren(...shown.map(({ tile }) => tile.item));
      for (const { tile } of shown) tile.clear(photo);
      for (const { rival, tile } of shown) {
        const isAsked = !rival || asked.has(rival.name);
        tile.ask(isAsked ? words.answer.looking : said.press(number((rival.size ?? 0) / 1e6, 1)));
        if (isAsked) tile.wait();
      }
      /** @type {{ name: string, explanation: Explanation }[]} */
      const found = [];
      for (const { rival, tile } of shown) {
        if (rival && !asked.has(rival.name)) continue;
        try {
          const explainer = rival ? await job.turn.still(rivals.ready(rival)) : job.explainer;
          const explanation = await explain(explainer, job, label);
          tile.show(explanation, photo, display.look());
          found.push({ name: rival?.name ?? current?.name ?? BUILT_IN, explanation });
        } catch (error) {
          // A job that was overtaken ends, and so does one whose own network fails.
          if (!rival || job.turn.signal.aborted) throw error;
          tile.refuse(photo, sentence(error));
        }
      }
      const answers = found.map(({ name, explanation }) => said.answer(name, say(explanation)));
      view.say({ title: label, words: list(answers) });
      return {
        what: words.status.maps(found.length),
        explanations: found.map(({ explanation }) => explanation),
        networks: found.map(({ name }) => name),
        objects: [],
      };
    },

    restyle: createRepaint((/** @type {Look} */ look) => {
      for (const { tile } of shown) tile.paint(photo, look);
    }),
  };
}
