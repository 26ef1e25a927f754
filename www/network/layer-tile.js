// @ts-check
/** @import { Explanation, LayerInfo } from '../gradlens/dist/index.js' */
/** @import { Look } from '../view.js' */
import { draw } from '../canvas.js';
import { describeEvidence } from '../describe.js';
import { create } from '../dom.js';
import { paintMap } from '../paint-map.js';
import { words } from '../words.js';

/** In pixels, twice what they take on the page. */
const HEIGHT = 160;

/**
 * A small photo with the map at one layer over it.
 * @param {LayerInfo} layer
 * @param {HTMLCanvasElement} photo
 */
export function createLayerTile({ name, width: columns, height: rows }, photo) {
  const canvas = create('canvas', '');
  canvas.width = Math.max(1, Math.round((photo.width * HEIGHT) / photo.height));
  canvas.height = HEIGHT;
  const context = canvas.getContext('2d');
  context?.drawImage(photo, 0, 0, canvas.width, HEIGHT);
  const size = words.layers.size(String(columns), String(rows));
  const button = create('button', '');
  button.type = 'button';
  button.dataset.layer = name;
  button.title = name;
  button.setAttribute('aria-label', words.layers.tile(name, size, ''));
  button.append(canvas, create('span', 'name', short(name)), create('span', 'hint', size));
  const item = create('li', '');
  item.append(button);
  /** @type {Explanation | null} */
  let explanation = null;

  return {
    layer: name,
    item,
    button,

    /** Whether its map is there. */
    get explained() {
      return explanation !== null;
    },

    /** @param {boolean} is whether this layer's map is shown large */
    choose(is) {
      button.setAttribute('aria-pressed', String(is));
    },

    /**
     * @param {Explanation} found
     * @param {Look} look
     */
    show(found, look) {
      explanation = found;
      button.setAttribute('aria-label', words.layers.tile(name, size, describeEvidence(found)));
      this.paint(look);
    },

    /** @param {Look} look */
    paint(look) {
      if (!explanation || !context) return;
      context.drawImage(photo, 0, 0, canvas.width, HEIGHT);
      const overlay = paintMap(explanation, look, canvas.width);
      context.drawImage(draw(new OffscreenCanvas(overlay.width, overlay.height), overlay), 0, 0, canvas.width, HEIGHT);
    },
  };
}

/**
 * The end of a long name, which tells more than its beginning.
 * @param {string} name
 */
export function short(name) {
  return name.split(/[/;]/).filter(Boolean).pop() ?? name;
}
