// @ts-check
/** @import { Prediction } from './gradlens/dist/index.js' */
import { TOP } from './classes.js';
import { byId } from './dom.js';
import { words } from './words.js';

/**
 * The choice of a second class, for a map of why the one and not the other. The address may have chosen any.
 * @param {() => void} onChange called when another one is chosen
 */
export function createAgainst(onChange) {
  const select = byId('against', HTMLSelectElement);
  select.addEventListener('change', onChange);
  const linked = select.value;
  /** @type {readonly Prediction[] | null} the classes of the photo that the address is of */
  let first = null;

  return {
    /** The class that is chosen; null where it is none. */
    get chosen() {
      return select.value === '' ? null : Number(select.value);
    },

    forget() {
      select.value = '';
    },

    /**
     * Offers the likeliest classes beside the one that is explained. A class that was chosen stays where it is one of them.
     * @param {readonly Prediction[]} classes of a photo, the likeliest first
     * @param {number} explained
     * @returns {Prediction | null} the class that is chosen
     */
    offer(classes, explained) {
      first ??= classes;
      const extra = classes === first ? linked : '';
      const others = classes.filter(({ classIdx }, at) => classIdx !== explained && (at < TOP || String(classIdx) === extra));
      const { value } = select;
      const options = others.map(({ classIdx, label }) => new Option(label, String(classIdx)));
      select.replaceChildren(new Option(words.classes.noOther, ''), ...options);
      const chosen = others.find(({ classIdx }) => String(classIdx) === value) ?? null;
      select.value = chosen ? value : '';
      return chosen;
    },
  };
}
