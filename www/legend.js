// @ts-check
/** @import { Candidate, DetectedObject } from './gradlens/dist/index.js' */
import { byId, create } from './dom.js';
import { percent } from './format.js';
import { words } from './words.js';

/**
 * The list of the objects; each is a button that tells them apart.
 * @param {object} on
 * @param {(index: number) => void} on.open called when an object is pressed
 * @param {(index: number | null) => void} on.point called with the object that is pointed at, or null
 */
export function createLegend(on) {
  const list = byId('objects', HTMLOListElement);
  const indexOf = (/** @type {EventTarget | null} */ target) => {
    const button = target instanceof Element ? target.closest('button') : null;
    return button ? Number(button.dataset.object) : null;
  };

  /** @type {number | null} */
  let hovered = null;
  /** @type {number | null} */
  let focused = null;
  const point = () => on.point(hovered ?? focused);

  list.addEventListener('click', ({ target }) => {
    const index = indexOf(target);
    if (index !== null) on.open(index);
  });
  list.addEventListener('pointerover', ({ target, pointerType }) => {
    // A finger points at nothing before it presses.
    hovered = pointerType === 'touch' ? null : indexOf(target);
    point();
  });
  list.addEventListener('pointerleave', () => {
    hovered = null;
    point();
  });
  list.addEventListener('focusin', ({ target }) => {
    focused = indexOf(target);
    point();
  });
  list.addEventListener('focusout', () => {
    focused = null;
    point();
  });

  return {
    /** Keeps the list's place while the objects are not known. */
    wait() {
      hovered = focused = null;
      list.replaceChildren(create('li', 'blank'));
    },

    /**
     * @param {readonly DetectedObject[]} objects
     * @param {(index: number) => string} hue
     */
    show(objects, hue) {
      list.replaceChildren(...objects.map((object, i) => row(object, i, hue(i))));
    },

    /** @param {number | null} only the object that is shown alone */
    isolate(only) {
      for (const button of list.querySelectorAll('button')) {
        button.classList.toggle('faint', only !== null && Number(button.dataset.object) !== only);
      }
    },
  };
}

/**
 * @param {DetectedObject} object
 * @param {number} index
 * @param {string} hue
 */
function row({ label, score, alternatives }, index, hue) {
  const button = create('button', '');
  button.type = 'button';
  button.dataset.object = String(index);
  const number = create('span', 'number', String(index + 1));
  number.style.setProperty('--hue', hue);
  button.append(number, ' ', create('span', 'name', label), ' ', create('span', 'percent', percent(score)));
  if (alternatives.length > 0) button.append(' ', create('span', 'hint', words.objects.or(alternatives.map(named).join(', '))));
  const item = create('li', '');
  item.append(button);
  return item;
}

/** @param {Candidate} candidate */
function named({ label, score }) {
  return `${label} ${percent(score)}`;
}
