// @ts-check
/** @import { Explanation, Method, MethodFamily } from './gradlens/dist/index.js' */
/** @import { Look } from './view.js' */
import { draw } from './canvas.js';
import { whyMissing } from './controls.js';
import { describeEvidence } from './describe.js';
import { create } from './dom.js';
import { paintMap } from './paint-map.js';
import { words } from './words.js';

// A tile is a few hundred pixels wide, on a dense screen twice that.
const LONG_SIDE = 640;

/**
 * A small photo with the map of one method over it.
 * @param {{ method: Method, family: MethodFamily, name: string }} of
 */
export function createTile({ method, family, name }) {
  const canvas = create('canvas', '');
  canvas.setAttribute('role', 'img');
  const layer = create('span', 'hint');
  const button = create('button', '');
  button.type = 'button';
  button.dataset.method = method;
  button.append(canvas, create('span', 'name', name), ' ', layer);
  const item = create('li', '');
  item.append(button);
  /** @type {Explanation | null} */
  let explanation = null;

  return {
    method,
    family,
    item,

    /**
     * Shows a photo without a map.
     * @param {HTMLCanvasElement | null} photo null where the tile is not seen
     */
    clear(photo) {
      explanation = null;
      if (!photo) return;
      const scale = Math.min(1, LONG_SIDE / Math.max(photo.width, photo.height));
      canvas.width = Math.max(1, Math.round(photo.width * scale));
      canvas.height = Math.max(1, Math.round(photo.height * scale));
      canvas.getContext('2d')?.drawImage(photo, 0, 0, canvas.width, canvas.height);
      canvas.setAttribute('aria-label', words.stage.noMap);
      layer.textContent = '';
    },

    /**
     * Says that there is no such map of this network.
     * @param {HTMLCanvasElement} photo
     */
    refuse(photo) {
      this.clear(photo);
      button.disabled = true;
      button.classList.add('stale');
      layer.textContent = whyMissing(method);
    },

    /**
     * Says what the map would cost in place of it.
     * @param {number} runs
     */
    ask(runs) {
      button.disabled = false;
      button.classList.remove('stale');
      layer.textContent = words.answer.runs(runs);
    },

    /** Marks the map as one that is being replaced. */
    wait() {
      button.disabled = false;
      button.classList.add('stale');
    },

    /**
     * @param {Explanation} next
     * @param {HTMLCanvasElement} photo
     * @param {Look} look
     */
    show(next, photo, look) {
      explanation = next;
      button.classList.remove('stale');
      canvas.setAttribute('aria-label', describeEvidence(next));
      layer.textContent = [words.answer.layer(next.layer), ...(next.isEmpty ? [words.answer.emptyMap] : [])].join(', ');
      this.paint(photo, look);
    },

    /**
     * @param {HTMLCanvasElement} photo
     * @param {Look} look
     */
    paint(photo, look) {
      const context = canvas.getContext('2d');
      if (!explanation || !context) return;
      const overlay = paintMap(explanation, look, canvas.width);
      const map = draw(new OffscreenCanvas(overlay.width, overlay.height), overlay);
      for (const image of [photo, map]) context.drawImage(image, 0, 0, canvas.width, canvas.height);
    },
  };
}
