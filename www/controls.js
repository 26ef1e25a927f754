// @ts-check
/** @import { Colormap, InputSize, Layer, Method } from './gradlens/dist/index.js' */
/** @import { Mode } from './modes.js' */
import { byId } from './dom.js';

/** The detail at which objects are looked for. */
const OBJECTS = 'long 448';

/**
 * What the visitor has set.
 * @typedef {object} Settings
 * @property {Method} method
 * @property {Layer | undefined} layer undefined: the method's own
 * @property {InputSize} inputSize
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
  // The same for objects, which have only one detail.
  let chosenDetail = detail.value;
  /** @type {Mode} */
  let mode = 'objects';

  const method = () => /** @type {Method} */ (Array.from(methods).find((radio) => radio.checked)?.value);

  function follow() {
    const onlyHead = mode !== 'compare' && method() === 'cam';
    layer.disabled = onlyHead;
    layer.value = onlyHead ? 'head' : chosenLayer;
    const atFeatures = layer.value === 'features';
    layerNote.textContent = [
      onlyHead || (mode === 'compare' && atFeatures) ? 'CAM reads the classifier’s weights, so it exists at the head alone.' : '',
      atFeatures && (mode === 'compare' || method() === 'xgrad-cam')
        ? 'XGrad-CAM divides by sums that are near zero at this layer: its map is unreliable here.'
        : '',
    ].join(' ').trim();
    detail.disabled = mode === 'objects';
    detail.value = mode === 'objects' ? OBJECTS : chosenDetail;
  }

  function tellOpacity() {
    opacityValue.value = `${Math.round(opacity.valueAsNumber * 100)}%`;
  }

  for (const radio of methods) {
    radio.addEventListener('change', () => {
      follow();
      on.settings();
    });
  }
  layer.addEventListener('change', () => {
    chosenLayer = layer.value;
    follow();
    on.settings();
  });
  detail.addEventListener('change', () => {
    chosenDetail = detail.value;
    on.settings();
  });
  colormap.addEventListener('change', on.look);
  opacity.addEventListener('input', () => {
    tellOpacity();
    on.look();
  });
  show.addEventListener('change', () => on.visible(show.checked));
  follow();
  tellOpacity();

  return {
    /** The methods that can be chosen. */
    methods: Array.from(methods, (radio) => ({
      method: /** @type {Method} */ (radio.value),
      name: radio.labels?.[0].querySelector('.name')?.textContent ?? radio.value,
    })),

    /** @param {Mode} next */
    follow(next) {
      mode = next;
      follow();
    },

    /** Chooses the detail at which objects are looked for. */
    chooseObjectsDetail() {
      chosenDetail = OBJECTS;
    },

    /** @param {Method} next */
    chooseMethod(next) {
      for (const radio of methods) radio.checked = radio.value === next;
    },

    /**
     * @param {Method} of the method that the settings are for; the chosen one unless it is said
     * @returns {Settings}
     */
    settings(of = method()) {
      const [, side, size] = /^(long )?(\d+)$/.exec(detail.value) ?? [];
      return {
        method: of,
        // CAM has a layer of its own and takes no other.
        layer: of === 'cam' || layer.value === '' ? undefined : /** @type {Layer} */ (layer.value),
        inputSize: side ? { longSide: Number(size) } : Number(size),
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
