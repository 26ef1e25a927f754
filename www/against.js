// @ts-check
/** @import { Prediction } from './gradlens/dist/index.js' */
import { byId } from './dom.js';
import { words } from './words.js';

/**
 * The choice of a second class, for a map of why the one and not the other.
 * @param {() => void} onChange called when another one is chosen
 */
export function createAgainst(onChange) {
  const select = byId('against', HTMLSelectElement);
  select.addEventListener('change', onChange);

  return {
    /**
     * Offers classes beside the one that is explained. A class that was chosen stays where it is one of them.
     * @param {readonly Prediction[]} classes the likeliest first
     * @param {number} explained
     * @returns {Prediction | null} the class that is chosen
     */
    offer(classes, explained) {
      const others = classes.filter(({ classIdx }) => classIdx !== explained);
      const { value } = select;
      const options = others.map(({ classIdx, label }) => new Option(label, String(classIdx)));
      select.replaceChildren(new Option(words.classes.noOther, ''), ...options);
      const chosen = others.find(({ classIdx }) => String(classIdx) === value) ?? null;
      select.value = chosen ? value : '';
      return chosen;
    },
  };
}
