// @ts-check
/** @import { Colormap, Explanation } from './gradlens/dist/index.js' */
import { describe } from './describe.js';
import { byId } from './dom.js';

/** @typedef {{ colormap: Colormap, opacity: number }} Look how a map is painted */

/** The stage: the photo, the map over it, and what the map says in words. */
export function createView() {
  const frame = byId('frame', HTMLElement);
  const picture = byId('picture', HTMLCanvasElement);
  const overlay = byId('overlay', HTMLCanvasElement);
  const answerClass = byId('answer-class', HTMLElement);
  const answerText = byId('answer-text', HTMLElement);
  const ramp = byId('ramp', HTMLElement);

  /** @type {Explanation | null} */
  let explanation = null;
  /** @type {Look | null} */
  let wanted = null;

  function paint() {
    const look = wanted;
    wanted = null;
    if (explanation && look) draw(overlay, explanation.toImageData(look));
  }

  return {
    /**
     * Shows another photo, without a map yet.
     * @param {ImageData} pixels
     * @param {string} name
     */
    showPicture(pixels, name) {
      explanation = null;
      draw(picture, pixels);
      draw(overlay, new ImageData(pixels.width, pixels.height));
      picture.setAttribute('aria-label', `Photo: ${name}`);
      overlay.setAttribute('aria-label', 'No map yet');
      answerClass.textContent = '';
      answerText.textContent = '';
      frame.style.setProperty('--aspect', String(pixels.width / pixels.height));
    },

    /**
     * Shows a map over the photo and says what it says.
     * @param {Explanation} next
     * @param {Look} look
     */
    showExplanation(next, look) {
      explanation = next;
      wanted = look;
      paint();
      const words = describe(next);
      answerClass.textContent = next.label;
      answerText.textContent = words;
      overlay.setAttribute('aria-label', `Map of the evidence for ${next.label}: ${words}`);
    },

    /**
     * Paints the map that is there in another way. A slider asks for this more often than the
     * screen shows it, so only the last look before a frame is drawn.
     * @param {Look} look
     */
    restyle(look) {
      ramp.dataset.colormap = look.colormap;
      if (!wanted) requestAnimationFrame(paint);
      wanted = look;
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

/**
 * @param {HTMLCanvasElement} canvas
 * @param {ImageData} pixels
 */
function draw(canvas, pixels) {
  if (canvas.width !== pixels.width) canvas.width = pixels.width;
  if (canvas.height !== pixels.height) canvas.height = pixels.height;
  canvas.getContext('2d')?.putImageData(pixels, 0, 0);
}
