// @ts-check
/** @import { InputSize, Layer, Method } from './gradlens/dist/index.js' */
/** @import { Mode } from './modes.js' */
import { byId } from './dom.js';
import { words } from './words.js';

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
 * The controls of how a map is computed.
 * @param {() => void} onChange called when a map has to be computed anew
 */
export function createControls(onChange) {
  const methods = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('input[name=method]'));
  const layer = byId('layer', HTMLSelectElement);
  const layerNote = byId('layer-note', HTMLElement);
  const detail = byId('detail', HTMLSelectElement);
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
      onlyHead || (mode === 'compare' && atFeatures) ? words.advanced.camAtHead : '',
      atFeatures && (mode === 'compare' || method() === 'xgrad-cam')
        ? words.advanced.xGradCamAtFeatures
        : '',
    ].join(' ').trim();
    detail.disabled = mode === 'objects';
    detail.value = mode === 'objects' ? OBJECTS : chosenDetail;
  }

  for (const radio of methods) {
    radio.addEventListener('change', () => {
      follow();
      onChange();
    });
  }
  layer.addEventListener('change', () => {
    chosenLayer = layer.value;
    follow();
    onChange();
  });
  detail.addEventListener('change', () => {
    chosenDetail = detail.value;
    onChange();
  });
  follow();

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

    /** What is chosen, as the address says it; null where it is the page's own choice. */
    get chosen() {
      return {
        method: method(),
        layer: chosenLayer || null,
        detail: chosenDetail === defaultOf(detail) ? null : chosenDetail,
      };
    },
  };
}

/** @param {HTMLSelectElement} select */
function defaultOf(select) {
  return Array.from(select.options).find((option) => option.defaultSelected)?.value;
}
