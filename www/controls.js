// @ts-check
/** @import { Colormap, Layer, Method } from './gradlens/dist/index.js' */
import { byId } from './dom.js';

/**
 * What the visitor has set.
 * @typedef {object} Settings
 * @property {Method} method
 * @property {Layer | undefined} layer undefined: the method's own
 * @property {number} inputSize
 */

/**
 * The controls beside the picture.
 * @param {object} on
 * @param {() => void} on.settings called when a map has to be computed anew
 * @param {() => void} on.look called when the map is only painted in another way
 * @param {(visible: boolean) => void} on.visible called when the map is shown or hidden
 */
export function createControls(on) {
  const methods = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('input[name=method]'));
  const layer = byId('layer', HTMLSelectElement);
  const layerNote = byId('layer-note', HTMLElement);
  const detail = byId('detail', HTMLSelectElement);
  const opacity = byId('opacity', HTMLInputElement);
  const opacityValue = byId('opacity-value', HTMLOutputElement);
  const colormap = byId('colormap', HTMLSelectElement);
  const show = byId('show', HTMLInputElement);
  // The layer that was chosen before CAM, which has only one, took the choice away.
  let chosenLayer = layer.value;

  const method = () => /** @type {Method} */ (Array.from(methods).find((radio) => radio.checked)?.value);

  function followMethod() {
    const onlyHead = method() === 'cam';
    layer.disabled = onlyHead;
    layer.value = onlyHead ? 'head' : chosenLayer;
    const unstable = method() === 'xgrad-cam' && layer.value === 'features';
    layerNote.textContent = onlyHead
      ? 'CAM reads the classifier’s weights, so it exists at the head alone.'
      : unstable
        ? 'XGrad-CAM divides by sums that are near zero at this layer: its map is unreliable here.'
        : '';
  }

  function tellOpacity() {
    opacityValue.value = `${Math.round(opacity.valueAsNumber * 100)}%`;
  }

  for (const radio of methods) {
    radio.addEventListener('change', () => {
      followMethod();
      on.settings();
    });
  }
  layer.addEventListener('change', () => {
    chosenLayer = layer.value;
    followMethod();
    on.settings();
  });
  detail.addEventListener('change', on.settings);
  colormap.addEventListener('change', on.look);
  opacity.addEventListener('input', () => {
    tellOpacity();
    on.look();
  });
  show.addEventListener('change', () => on.visible(show.checked));
  followMethod();
  tellOpacity();

  return {
    /** @returns {Settings} */
    settings() {
      return {
        method: method(),
        layer: layer.value === '' ? undefined : /** @type {Layer} */ (layer.value),
        inputSize: Number(detail.value),
      };
    },

    /** @returns {{ colormap: Colormap, opacity: number }} */
    look() {
      return { colormap: /** @type {Colormap} */ (colormap.value), opacity: opacity.valueAsNumber };
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
