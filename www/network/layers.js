// @ts-check
/** @import { Explainer, Explanation, Layer, LayerInfo } from '../gradlens/dist/index.js' */
/** @import { createControls } from '../controls.js' */
/** @import { createDisplay } from '../display.js' */
/** @import { Job } from '../job.js' */
/** @import { Findings } from '../report.js' */
/** @import { Look, createView } from '../view.js' */
import { hasPlaces } from '../controls.js';
import { describe } from '../describe.js';
import { byId } from '../dom.js';
import { paint } from '../one-class.js';
import { createRepaint } from '../repaint.js';
import { words } from '../words.js';
import { createLayerTile, short } from './layer-tile.js';
import { addStyle } from './style.js';

/**
 * The mode that shows the map of the chosen class at one layer, and beside it, small, at every other one. Of these only
 * those are made that are in sight.
 * @param {object} page
 * @param {ReturnType<typeof createView>} page.view
 * @param {ReturnType<typeof createControls>} page.controls
 * @param {ReturnType<typeof createDisplay>} page.display
 * @param {(job: Job) => Promise<number>} chosenClass
 * @param {object} on
 * @param {(layer: Layer) => void} on.pick called with the layer whose map is to be shown large
 * @param {() => void} on.more called when layers have come into sight whose maps are not made
 */
export async function createLayers({ view, controls, display }, chosenClass, on) {
  await addStyle('css/layers.css');
  const strip = byId('layers', HTMLOListElement);
  const photo = byId('picture', HTMLCanvasElement);
  /** @type {ReturnType<typeof createLayerTile>[]} */
  let tiles = [];
  /** @type {unknown[]} what the maps in the strip are of */
  let shown = [];
  /** @type {typeof tiles[number] | null} the last that was brought into sight */
  let placed = null;
  let running = false;
  /** @type {Set<Element>} */
  const inSight = new Set();

  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) inSight.add(target);
      else inSight.delete(target);
    }
    if (!running && missing()) on.more();
  }, { root: strip, rootMargin: '0px 50%' });

  const missing = () => tiles.find(({ item, explained }) => inSight.has(item) && !explained);

  strip.addEventListener('click', ({ target }) => {
    const button = target instanceof Element && target.closest('button');
    if (button) on.pick(button.dataset.layer ?? '');
  });
  strip.addEventListener('keydown', (event) => {
    const at = tiles.findIndex(({ button }) => button === document.activeElement);
    /** @type {Record<string, number>} */
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tiles.length - 1 };
    const next = tiles[to[event.key]];
    if (!next) return;
    event.preventDefault();
    focus(next);
    next.button.focus();
  });

  /** @param {typeof tiles[number]} tile the one that the Tab key reaches */
  function focus(tile) {
    for (const each of tiles) each.button.tabIndex = each === tile ? 0 : -1;
  }

  /**
   * Begins anew where the maps in the strip are of something else.
   * @param {readonly LayerInfo[]} layers
   * @param {unknown[]} of
   */
  function begin(layers, of) {
    if (of.every((part, at) => part === shown[at])) return;
    shown = of;
    observer.disconnect();
    inSight.clear();
    tiles = layers.map((layer) => createLayerTile(layer, photo));
    strip.replaceChildren(...tiles.map(({ item }) => item));
    for (const { item } of tiles) observer.observe(item);
  }

  /** @param {Layer} layer the one that is shown large */
  function choose(layer) {
    for (const tile of tiles) tile.choose(tile.layer === layer);
    const tile = tiles.find((each) => each.layer === layer);
    // Where the visitor has scrolled to is let alone.
    if (!tile || tile === placed) return;
    placed = tile;
    focus(tile);
    const { offsetLeft, offsetWidth } = tile.item;
    const seen = offsetLeft >= strip.scrollLeft && offsetLeft + offsetWidth <= strip.scrollLeft + strip.clientWidth;
    if (!seen) strip.scrollLeft = offsetLeft - (strip.clientWidth - offsetWidth) / 2;
  }

  return {
    /** Takes the maps away. */
    clear() {
      shown = [];
      tiles = [];
      observer.disconnect();
      strip.replaceChildren();
    },

    /**
     * @param {Job} job
     * @returns {Promise<Findings>}
     */
    async run(job) {
      const { explainer, pixels } = job;
      running = true;
      try {
        const classIdx = await chosenClass(job);
        const { method, layer, inputSize, negative } = controls.settings();
        const explain = (/** @type {Layer | undefined} */ layer) => job.ask(() => explainer.explain(pixels, classIdx, method, { layer, inputSize, negative }));
        const large = await explain(layer);
        const at = explainer.layers.find(({ name }) => name === large.layer);
        const { words: said, ...described } = describe(large);
        const where = at ? words.layers.at(short(at.name), String(at.width), String(at.height)) : '';
        view.show({ paint: (look, width) => paint(large, look, width), isSigned: large.isSigned, ...described, words: `${said} ${where}` }, display.look());
        // CAM exists at one layer alone.
        const layers = explainer.layers.filter((each) => (method === 'cam' ? each === at : hasPlaces(each)));
        begin(layers, [explainer, pixels, classIdx, method, inputSize, negative]);
        choose(large.layer);
        tiles.find((tile) => tile.layer === large.layer)?.show(large, display.look());
        await job.turn.still(new Promise((resolve) => { requestAnimationFrame(() => setTimeout(resolve)); }));
        for (let tile = missing(); tile; tile = missing()) tile.show(await explain(tile.layer), display.look());
        return { what: words.status.map, explanations: [large], objects: [] };
      } finally {
        running = false;
      }
    },

    restyle: createRepaint((/** @type {Look} */ look) => {
      for (const tile of tiles) tile.paint(look);
    }),
  };
}
