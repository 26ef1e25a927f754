// @ts-check
/** @import { InputSize, Layer, LayerInfo, Method, MethodFamily, ModelInfo } from './gradlens/dist/index.js' */
/** @import { Mode } from './modes.js' */
import { byId } from './dom.js';
import { words } from './words.js';

/** The detail at which objects are looked for. */
const OBJECTS = 'long 448';
/** Methods that take more runs than these are waited for, and computed when they are asked for alone. */
export const FEW = 2;

/** The detail of networks that have but one. */
const OWN = '';

/**
 * What a map costs: runs of the network, or passes back where those are more.
 * @param {ModelInfo} model
 * @param {Method} method
 */
export function costOf({ methods }, method) {
  const known = methods.find(({ name }) => name === method);
  return Math.max(known?.runs ?? 1, known?.backward ?? 1);
}

/**
 * Whether a map at a layer says where something is.
 * @param {LayerInfo} layer
 */
export function hasPlaces({ width, height }) {
  return width * height > 1;
}

/**
 * What the visitor has set.
 * @typedef {object} Settings
 * @property {Method} method
 * @property {Layer | undefined} layer undefined: the method's own
 * @property {InputSize | undefined} inputSize undefined: the network's own
 * @property {readonly Layer[] | undefined} layers those whose maps become one, in place of a layer
 * @property {boolean} negative whether the map shows what speaks against the class, too
 */

/**
 * The controls of how a map is computed.
 * @param {() => void} onChange called when a map has to be computed anew
 */
export function createControls(onChange) {
  const methods = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('input[name=method]'));
  const layer = byId('layer', HTMLSelectElement);
  const fused = byId('fused', HTMLSelectElement);
  const negative = byId('negative', HTMLInputElement);
  const layerNote = byId('layer-note', HTMLElement);
  const detail = byId('detail', HTMLSelectElement);
  const more = byId('more-methods', HTMLDetailsElement);
  // The layer that was chosen before CAM, which has only one, took the choice away.
  let chosenLayer = layer.value;
  // The same for objects, which have only one detail.
  let chosenDetail = detail.value;
  /** @type {Mode} */
  let mode = 'objects';
  /** @type {ModelInfo | null} the network that is there */
  let model = null;
  const details = Array.from(detail.options);

  const chosen = () => Array.from(methods).find((radio) => radio.checked);
  const method = () => /** @type {Method} */ (chosen()?.value);
  // Two layers at once are offered in these modes.
  const isFusing = () => mode === 'class' || mode === 'compare';
  const withoutLayer = Array.from(methods).filter((radio) => 'layer' in radio.dataset).map(({ value }) => value);
  const signed = Array.from(methods).filter((radio) => 'signed' in radio.dataset).map(({ value }) => value);

  function follow() {
    // Objects, all layers at once, and several networks have maps by some methods only.
    if (['objects', 'layers', 'networks'].includes(mode) && chosen()?.closest('[data-in=class]')) methods[0].checked = true;
    if (chosen()?.closest('details')) more.open = true;
    const onlyHead = mode !== 'compare' && method() === 'cam';
    const noLayer = mode !== 'compare' ? chosen()?.dataset.layer : undefined;
    layer.disabled = onlyHead || noLayer !== undefined;
    layer.value = onlyHead ? model?.defaultLayers.cam ?? 'head' : noLayer !== undefined ? '' : chosenLayer;
    fused.disabled = layer.disabled;
    const atFeatures = layer.value === 'features';
    layerNote.textContent = [
      noLayer === 'picture' ? words.advanced.ofPicture : noLayer === 'blocks' ? words.advanced.ofBlocks : '',
      onlyHead || (mode === 'compare' && atFeatures) ? words.advanced.camAtHead : '',
      atFeatures && (mode === 'compare' || method() === 'xgrad-cam')
        ? words.advanced.xGradCamAtFeatures
        : '',
    ].join(' ').trim();
    const fixed = !takesAnySize(model);
    detail.disabled = fixed || mode === 'objects';
    detail.value = fixed ? OWN : mode === 'objects' ? OBJECTS : chosenDetail;
    for (const radio of methods) {
      const missing = isMissing(model, radio.value);
      radio.disabled = missing;
      const label = radio.labels?.[0];
      if (label) label.title = missing ? whyMissing(radio.value) : '';
    }
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
  for (const control of [fused, negative]) control.addEventListener('change', onChange);
  detail.addEventListener('change', () => {
    chosenDetail = detail.value;
    onChange();
  });
  follow();

  return {
    /** The methods that can be chosen. */
    methods: Array.from(methods, (radio) => ({
      method: /** @type {Method} */ (radio.value),
      family: /** @type {MethodFamily} */ (radio.closest('[data-family]')?.getAttribute('data-family')),
      name: radio.labels?.[0].querySelector('.name')?.textContent ?? radio.value,
    })),

    /**
     * Offers what a network has.
     * @param {ModelInfo} next
     * @returns {string[]} what the address asks for in vain, where it is the first network and has no such layers
     */
    know(next) {
      if (next === model) return [];
      const isFirst = model === null;
      model = next;
      const asked = { layer: chosenLayer, fused: fused.value };
      const has = (/** @type {string} */ name) => next.layers.some((each) => each.name === name);
      layer.replaceChildren(layer.options[0], ...layersOf(model));
      fused.replaceChildren(fused.options[0], ...layersOf(model));
      chosenLayer = has(asked.layer) ? asked.layer : '';
      fused.value = has(asked.fused) ? asked.fused : '';
      detail.replaceChildren(...(takesAnySize(model) ? details : [new Option(words.advanced.ownSize(String(model.contract.width), String(model.contract.height)), OWN)]));
      if (isMissing(model, method())) this.chooseMethod(/** @type {Method} */ (Object.keys(model.defaultLayers)[0]));
      follow();
      return isFirst ? Object.entries(asked).filter(([, name]) => name && !has(name)).map((entry) => entry.join('=')) : [];
    },

    /**
     * Whether the network has what a method needs.
     * @param {Method} of
     */
    has(of) {
      return !isMissing(model, of);
    },

    /** @param {Layer} next */
    chooseLayer(next) {
      chosenLayer = next;
      follow();
    },

    /** Lets methods have their own layers. */
    forgetLayers() {
      chosenLayer = fused.value = '';
      follow();
    },

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
      // CAM and others have a layer of their own, or none, and take no other.
      const first = of === 'cam' || withoutLayer.includes(of) ? '' : layer.value;
      const second = isFusing() ? fused.value : '';
      const own = first || (model?.defaultLayers[of] ?? '');
      const isFused = second !== '' && second !== own && of !== 'cam' && !withoutLayer.includes(of);
      return {
        method: of,
        layer: first === '' || isFused ? undefined : /** @type {Layer} */ (first),
        layers: isFused ? [own, second] : undefined,
        inputSize: detail.value === OWN ? undefined : side ? { longSide: Number(size) } : Number(size),
        negative: signed.includes(of) || (mode !== 'objects' && negative.checked),
      };
    },

    /** What is chosen, as the address says it; null where it is the page's own choice. */
    get chosen() {
      return {
        method: method(),
        layer: chosenLayer || null,
        fused: (isFusing() && fused.value) || null,
        negative: mode !== 'objects' && negative.checked ? '1' : null,
        detail: chosenDetail === defaultOf(detail) ? null : chosenDetail,
      };
    },
  };
}

/**
 * Whether a network sees pictures at other sizes than its own: others may fail, and would be seen in a shape that
 * is not the picture's.
 * @param {ModelInfo | null} model
 */
function takesAnySize(model) {
  return !model || model.contract.resize === 'fit 32';
}

/**
 * @param {ModelInfo | null} model
 * @param {string} method
 */
function isMissing(model, method) {
  return model !== null && !(method in model.defaultLayers);
}

/**
 * Why a network may lack what a method needs.
 * @param {string} method
 */
export function whyMissing(method) {
  return ['attention-rollout', 'legrad'].includes(method) ? words.methods.noBlocks : words.methods.missing;
}

/** @param {ModelInfo} model */
function layersOf({ layers }) {
  /** @type {Record<string, string>} */
  const known = { features: words.advanced.features, head: words.advanced.head };
  const text = (/** @type {LayerInfo} */ { name, channels, width, height }) => known[name] ?? words.advanced.layerOf(name, channels, width, height);
  return layers.filter(hasPlaces).map((each) => new Option(text(each), each.name));
}

/** @param {HTMLSelectElement} select */
function defaultOf(select) {
  return Array.from(select.options).find((option) => option.defaultSelected)?.value;
}
