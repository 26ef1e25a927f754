// @ts-check
/** @import { Prediction } from './gradlens/dist/index.js' */
import { byId, create } from './dom.js';
import { percent } from './format.js';

/** How many classes the page lists. */
export const TOP = 5;

/**
 * The list of the likeliest classes; each is a button that explains itself.
 * @param {(classIdx: number) => void} onPick
 */
export function createClasses(onPick) {
  const list = byId('classes', HTMLOListElement);
  list.addEventListener('click', ({ target }) => {
    const button = target instanceof Element && target.closest('button');
    if (button) onPick(Number(button.dataset.class));
  });

  return {
    /** Keeps the list's place while the classes are not known. */
    wait() {
      list.replaceChildren(...Array.from({ length: TOP }, () => create('li', 'blank')));
    },

    /** @param {readonly Prediction[]} classes */
    show(classes) {
      list.replaceChildren(...classes.map(row));
    },

    /** @param {Prediction} chosen the class that is explained; it joins the list if it is not in it */
    select(chosen) {
      if (!list.querySelector(`[data-class="${chosen.classIdx}"]`)) list.append(row(chosen));
      for (const button of list.querySelectorAll('button')) {
        button.setAttribute('aria-pressed', String(Number(button.dataset.class) === chosen.classIdx));
      }
    },
  };
}

/** @param {Prediction} prediction */
function row({ classIdx, label, probability }) {
  const button = create('button', '');
  button.type = 'button';
  button.dataset.class = String(classIdx);
  button.setAttribute('aria-pressed', 'false');
  const bar = create('span', 'bar');
  bar.style.setProperty('--share', String(probability));
  button.append(create('span', 'name', label), ' ', create('span', 'percent', percent(probability)), bar);
  const item = create('li', '');
  item.append(button);
  return item;
}
