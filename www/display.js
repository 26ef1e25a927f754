// @ts-check
/** @import { Colormap } from './gradlens/dist/index.js' */
/** @import { Look } from './view.js' */
import { byId } from './dom.js';
import { wholePercent } from './format.js';
import { words } from './words.js';

/**
 * The controls of how a map is painted, and of whether it is shown.
 * @param {object} on
 * @param {() => void} on.look called when the map is to be painted in another way
 * @param {(visible: boolean) => void} on.visible called when the map is shown or hidden
 */
export function createDisplay(on) {
  const opacity = byId('opacity', HTMLInputElement);
  const opacityValue = byId('opacity-value', HTMLOutputElement);
  const colormap = byId('colormap', HTMLSelectElement);
  const hide = byId('hide', HTMLInputElement);
  const hideValue = byId('hide-value', HTMLOutputElement);
  const show = byId('show', HTMLInputElement);

  function tell() {
    opacityValue.value = wholePercent(opacity.valueAsNumber);
    hideValue.value = hide.valueAsNumber > 0 ? `<${wholePercent(hide.valueAsNumber)}` : words.display.hideNothing;
  }

  colormap.addEventListener('change', on.look);
  for (const slider of [opacity, hide]) {
    slider.addEventListener('input', () => {
      tell();
      on.look();
    });
  }
  show.addEventListener('change', () => on.visible(show.checked));
  tell();

  return {
    /** @returns {Look} */
    look() {
      return {
        colormap: /** @type {Colormap} */ (colormap.value),
        opacity: opacity.valueAsNumber,
        hideBelow: hide.valueAsNumber,
      };
    },

    /** @returns {boolean} whether the map is to be shown */
    visible() {
      return show.checked;
    },

    /** Shows the map where it is hidden, hides it where it is shown. */
    toggleOverlay() {
      show.checked = !show.checked;
      on.visible(show.checked);
    },
  };
}
