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
 * @property {(look: Look, width: number) => ImageData} paint takes the width in pixels at which the map is shown too
 * @property {boolean} [isSigned] whether the map has what speaks against the class, and is painted in two colours
 * @property {string} title
 * @property {string} words
 * @property {string} alternative what stands for the picture where it is not seen
 */

/** The stage: the photo, the map over it, and what the map says in words. */
export function createView() {
  const stage = byId('stage', HTMLElement);
  const plate = byId('plate', HTMLElement);
  const picture = byId('picture', HTMLCanvasElement);
  const overlay = byId('overlay', HTMLCanvasElement);
  const answerClass = byId('answer-class', HTMLElement);
  const answerText = byId('answer-text', HTMLElement);
  const ramp = byId('ramp', HTMLElement);

  /** @type {Painting | null} */
  let painting = null;
  /** @type {Look} the last that was asked for */
  let look;
  /** In pixels of the screen, but no more than the photo has. */
  const shownWidth = () => Math.min(picture.width, Math.max(1, Math.round(plate.clientWidth * devicePixelRatio)));
  /** The width for which the map was painted. */
  let paintedWidth = 0;
  const paint = (/** @type {Look} */ look) => {
    if (!painting) return;
    ramp.dataset.colormap = painting.isSigned ? 'diverging' : look.colormap;
    paintedWidth = shownWidth();
    draw(overlay, painting.paint(look, paintedWidth));
  };
  const repaint = createRepaint(paint);
  new ResizeObserver(() => {
    if (painting && shownWidth() !== paintedWidth) repaint(look);
  }).observe(plate);

  return {
    /** Takes the map away. */
    clear() {
      painting = null;
      if (look) ramp.dataset.colormap = look.colormap;
      // A canvas that is given a size is clear.
      overlay.width = picture.width;
      overlay.height = picture.height;
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
     * @param {Look} nextLook
     */
    show(next, nextLook) {
      painting = next;
      look = nextLook;
      paint(look);
      this.say(next);
      overlay.setAttribute('aria-label', next.alternative);
    },

    /**
     * Paints the map that is there in another way.
     * @param {Look} nextLook
     */
    restyle(nextLook) {
      look = nextLook;
      if (painting) repaint(look);
      else ramp.dataset.colormap = look.colormap;
    },

    /** The map as it is shown, as large as the photo; null where there is none. */
    get map() {
      return painting && painting.paint(look, picture.width);
    },

    /** @param {boolean} visible */
    showOverlay(visible) {
      overlay.classList.toggle('off', !visible);
    },

    /** @param {() => void} action called when the picture is pressed */
    onPress(action) {
      plate.addEventListener('click', action);
    },
  };
}
