// @ts-check
/** @import { Background, InputSize, Method } from '../gradlens/dist/index.js' */
import { byId } from '../dom.js';
import { words } from '../words.js';
import { key } from './key.js';

/**
 * What is to be measured.
 * @typedef {object} Settings
 * @property {Method[]} methods
 * @property {InputSize | undefined} inputSize undefined: the network's own
 * @property {string} size the same in words
 * @property {Background} background
 * @property {number} curveSteps
 * @property {boolean} road
 */

/** The size of networks that have but one. */
const OWN = 'own';

/**
 * The settings, and the button that starts a run.
 * @param {() => void} onStart
 */
export function createSetup(onStart) {
  const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('input[name=method]'));
  const size = byId('size', HTMLSelectElement);
  const background = byId('background', HTMLSelectElement);
  const steps = byId('steps', HTMLSelectElement);
  const road = byId('road', HTMLSelectElement);
  const start = byId('start', HTMLButtonElement);
  const chosen = byId('chosen', HTMLElement);
  const note = byId('start-note', HTMLElement);
  const network = byId('network', HTMLElement);
  let pictures = 0;
  let running = false;

  const methods = () => Array.from(boxes).filter(({ checked }) => checked).map(({ value }) => /** @type {Method} */ (value));

  function follow() {
    start.disabled = running || pictures === 0 || methods().length === 0;
    start.textContent = pictures === 0 ? words.setup.start : words.setup.startFiles(pictures);
    note.textContent = methods().length === 0 ? words.setup.chooseMethod : pictures === 0 ? words.setup.choosePictures : '';
  }

  for (const box of boxes) {
    box.after(key(/** @type {Method} */ (box.value)));
    box.addEventListener('change', follow);
  }
  start.addEventListener('click', onStart);
  follow();

  return {
    /** @param {number} number how many pictures are chosen */
    set pictures(number) {
      pictures = number;
      chosen.textContent = words.choice.chosen(pictures);
      follow();
    },

    /** @param {string} name of the visitor's network, which may see pictures at its own size only */
    set network(name) {
      network.textContent = words.setup.network(name);
      size.replaceChildren(new Option(words.setup.ownSize, OWN));
    },

    /** @param {boolean} value */
    set running(value) {
      running = value;
      follow();
    },

    /** Whether a run may start now. */
    get ready() {
      return !start.disabled;
    },

    /** @returns {Settings} */
    settings() {
      return {
        methods: methods(),
        ...sizeOf(size.value),
        background: /** @type {Background} */ (background.value),
        curveSteps: Number(steps.value),
        road: road.value !== '',
      };
    },
  };
}

/**
 * @param {string} value of the list of sizes
 * @returns {Pick<Settings, 'inputSize' | 'size'>}
 */
function sizeOf(value) {
  switch (value) {
    case OWN: return { inputSize: undefined, size: words.setup.inOwnSize };
    case 'square': return { inputSize: { width: 224, height: 224 }, size: words.setup.inSquare };
    default: return { inputSize: Number(value), size: words.setup.withShortSide(value) };
  }
}
