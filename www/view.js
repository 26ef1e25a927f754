// @ts-check
/** @import { Colormap } from './gradlens/dist/index.js' */
import { draw } from './canvas.js';
import { byId } from './dom.js';
import { createRepaint } from './repaint.js';
import { words } from './words.js';

/**
 * How a map is painted.
 * @typedef {object} Look
 * @property {Colormap} colormap
 * @property {number} opacity in [0, 1]
 * @property {number} hideBelow in [0, 1]: the share of the strongest evidence below which the photo of one class is hidden
 */

/**
 * What lies over the photo.
 * @typedef {object} Painting
 * @property {(look: Look) => ImageData} paint
 * @property {string} title
 * @property {string} words
 * @property {string} alternative what stands for the picture where it is not seen
 */

/** The stage: the photo, the map over it, and what the map says in words. */
export function createView() {
  const stage = byId('stage', HTMLElement);
  const picture = byId('picture', HTMLCanvasElement);
  const overlay = byId('overlay', HTMLCanvasElement);
  const answerClass = byId('answer-class', HTMLElement);
  const answerText = byId('answer-text', HTMLElement);
  const ramp = byId('ramp', HTMLElement);

  /** @type {Painting | null} */
  let painting = null;
  const paint = (/** @type {Look} */ look) => {
    if (painting) draw(overlay, painting.paint(look));
  };
  const repaint = createRepaint(paint);

  return {
    /** Takes the map away. */
    clear() {
      painting = null;
      draw(overlay, new ImageData(picture.width, picture.height));
      overlay.setAttribute('aria-label', words.stage.noMap);
      this.say({ title: '', words: '' });
    },

    /**
     * Shows another photo.
     * @param {ImageData} pixels
     * @param {string} name
     */
    showPicture(pixels, name) {
      draw(picture, pixels);
      picture.setAttribute('aria-label', words.stage.photo(name));
      stage.style.setProperty('--aspect', String(pixels.width / pixels.height));
    },

    /** @param {{ title: string, words: string }} answer */
    say({ title, words }) {
      answerClass.textContent = title;
      answerText.textContent = words;
    },

    /**
     * Shows a map over the photo and says what it says.
     * @param {Painting} next
     * @param {Look} look
     */
    show(next, look) {
      painting = next;
      paint(look);
      this.say(next);
      overlay.setAttribute('aria-label', next.alternative);
    },

    /**
     * Paints the map that is there in another way.
     * @param {Look} look
     */
    restyle(look) {
      ramp.dataset.colormap = look.colormap;
      repaint(look);
    },

    /** @param {boolean} visible */
    showOverlay(visible) {
      overlay.classList.toggle('off', !visible);
    },

    /** @param {() => void} action called when the picture is pressed */
    onPress(action) {
      byId('plate', HTMLElement).addEventListener('click', action);
    },
  };
}
