// @ts-check
/** @import { Explanation } from './gradlens/dist/index.js' */
/** @import { Look } from './view.js' */
import { draw } from './canvas.js';
import { describeEvidence } from './describe.js';
import { create } from './dom.js';
import { paintMap } from './paint-map.js';
import { words } from './words.js';

// A tile is a few hundred pixels wide, on a dense screen twice that.
const LONG_SIDE = 640;

/**
 * A small photo with a map over it, as a button.
 * @param {string} name of what makes the map
 * @param {Record<string, string>} data by which the button is known
 * @param {(explanation: Explanation) => string} say what stands beside the name of a map
 */
export function createTile(name, data, say) {
  const canvas = create('canvas', '');
  canvas.setAttribute('role', 'img');
  const hint = create('span', 'hint');
  const button = create('button', '');
  button.type = 'button';
  Object.assign(button.dataset, data);
  button.append(canvas, create('span', 'name', name), ' ', hint);
  const item = create('li', '');
  item.append(button);
  /** @type {Explanation | null} */
  let explanation = null;

  return {
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
      hint.textContent = '';
    },

    /**
     * Says why there is no such map.
     * @param {HTMLCanvasElement} photo
     * @param {string} why
     */
    refuse(photo, why) {
      this.clear(photo);
      button.disabled = true;
      button.classList.add('stale');
      hint.textContent = why;
    },

    /**
     * Says what the map would cost in place of it.
     * @param {string} cost
     */
    ask(cost) {
      button.disabled = false;
      button.classList.remove('stale');
      hint.textContent = cost;
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
      hint.textContent = [say(next), ...(next.isEmpty ? [words.answer.emptyMap] : [])].join(', ');
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
