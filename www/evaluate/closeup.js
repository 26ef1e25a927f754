// @ts-check
/** @import { Explanation, Faithfulness } from '../gradlens/dist/index.js' */
/** @import { createEngine } from '../engine.js' */
/** @import { Origin } from './run.js' */
import { byId, create } from '../dom.js';
import { sentence } from '../errors.js';
import { percent } from '../format.js';
import { createNewest } from '../newest.js';
import { noted } from '../noted.js';
import { words } from '../words.js';
import { keyed } from './key.js';
import { nameOf } from './methods.js';

/**
 * One measured picture from near: the whole, and what each map leaves visible of it. The masked
 * pictures are made when asked for, since thousands would not fit into memory.
 * @param {ReturnType<typeof createEngine>} engine
 */
export function createCloseup(engine) {
  const dialog = byId('closeup', HTMLDialogElement);
  const title = byId('closeup-title', HTMLElement);
  const note = byId('closeup-note', HTMLElement);
  const place = byId('closeup-pictures', HTMLElement);
  const newest = createNewest();
  byId('closeup-close', HTMLButtonElement).addEventListener('click', () => dialog.close());
  // What is still being made is not wanted any more.
  dialog.addEventListener('close', () => newest(async () => {}));

  return {
    /**
     * @param {Origin} origin
     * @param {Faithfulness} result
     */
    open({ choice, settings, notes }, { classIdx, label, confidence, methods, background }) {
      const { inputSize } = settings;
      title.textContent = noted(choice.name, notes);
      note.textContent = words.closeup.making;
      place.replaceChildren();
      dialog.showModal();
      return newest(async (turn) => {
        const { pixels } = await turn.still(choice.read());
        const { closeup } = words;
        place.append(figure(draw(pixels, null), closeup.theWhole, create('b', '', closeup.whole), closeup.score(percent(confidence))));
        const explainer = await turn.still(engine.ready());
        for (const { method, layer, maskedConfidence, drop } of methods) {
          const explanation = await turn.alone(() => explainer.explain(pixels, classIdx, method, { layer, inputSize }));
          const head = keyed('b', method);
          place.append(figure(draw(pixels, explanation), closeup.leaves(nameOf(method)), head,
            closeup.scoreAndDrop(percent(maskedConfidence), percent(drop))));
        }
        note.textContent = background === 'black' ? closeup.scoreOf(label) : `${closeup.scoreOf(label)} ${closeup.shownBlack}`;
      }).catch((error) => {
        engine.drop(error);
        note.textContent = sentence(error);
      });
    },
  };
}

/**
 * The picture, multiplied by a map where there is one: the canvas is black behind it.
 * @param {ImageData} pixels
 * @param {Explanation | null} explanation
 */
function draw(pixels, explanation) {
  const canvas = create('canvas', '');
  paint(canvas, pixels);
  if (explanation) {
    const map = create('canvas', '');
    paint(map, explanation.toImageData({ opacity: 1 }));
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    // Keeps the picture as far as the map is opaque.
    context.globalCompositeOperation = 'destination-in';
    context.drawImage(map, 0, 0);
  }
  return canvas;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {ImageData} pixels
 */
function paint(canvas, pixels) {
  canvas.width = pixels.width;
  canvas.height = pixels.height;
  canvas.getContext('2d')?.putImageData(pixels, 0, 0);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {string} words what it shows
 * @param {Node} head
 * @param {string} text
 */
function figure(canvas, words, head, text) {
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', words);
  const caption = create('figcaption', '');
  caption.append(head, ' ', text);
  const made = create('figure', '');
  made.append(canvas, caption);
  return made;
}
