// @ts-check
/** @import { Contract, ContractParts } from '../gradlens/dist/index.js' */
/** @import { Preset } from './presets.js' */
import { create } from '../dom.js';
import { number } from '../format.js';
import { words } from '../words.js';
import { partsOf, presetLabels, presetNames } from './presets.js';

/** @typedef {Record<string, string>} Choices what can be chosen, with what it is called */

const said = words.card.contract;

/**
 * The controls of what a network expects of pictures, each with from where it is known.
 * @param {(parts: Partial<ContractParts>) => void} onChange called with the parts that the visitor gives
 */
export function createContractForm(onChange) {
  const form = create('div', 'contract');
  /** @type {Contract} */
  let shown;

  const preset = choice(said.preset, { '': said.noPreset, ...presetLabels });
  preset.field.addEventListener('change', () => {
    if (preset.field.value) onChange(partsOf(/** @type {Preset} */ (preset.field.value), shown.channels));
  });
  const width = numeric(said.width, 1);
  const height = numeric(said.height, 1);
  const channels = choice(words.network.parts.channels, said.channels);
  const mean = said.colours.map((colour) => numeric(said.meanOf(colour)));
  const deviation = said.colours.map((colour) => numeric(said.deviationOf(colour), 0));
  const resize = choice(words.network.parts.resize, said.resize);
  const share = numeric(said.share, 0);
  const scores = choice(words.network.parts.scores, said.scores);
  const layout = choice(words.network.parts.layout, said.layout);
  const range = create('p', 'hint');

  const rows = [
    row(said.preset, null, preset),
    row(words.network.parts.size, 'size', width, height),
    row(words.network.parts.resize, 'resize', resize, share),
    row(words.network.parts.channels, 'channels', channels),
    row(said.mean, 'normalisation', ...mean),
    row(said.deviation, 'normalisation', ...deviation),
    row(words.network.parts.scores, 'scores', scores),
    row(words.network.parts.layout, 'layout', layout),
  ];
  form.append(...rows.map(({ element }) => element), range);

  const triple = (/** @type {typeof mean} */ fields) => /** @type {[number, number, number]} */ (fields.map(({ field }) => field.valueAsNumber));
  /** @type {[readonly { field: HTMLElement }[], () => Partial<ContractParts>][]} */
  const given = [
    [[width, height], () => ({ width: width.field.valueAsNumber, height: height.field.valueAsNumber })],
    [[resize], () => ({ resize: withNumber(resize.field.value, 'crop fit'.includes(resize.field.value) ? defaults[resize.field.value] : NaN) })],
    [[share], () => ({ resize: withNumber(resize.field.value, share.field.valueAsNumber) })],
    [[channels], () => ({ channels: /** @type {Contract['channels']} */ (channels.field.value) })],
    [[...mean, ...deviation], () => ({ mean: triple(mean), deviation: triple(deviation) })],
    [[scores], () => ({ scores: /** @type {Contract['scores']} */ (scores.field.value) })],
    [[layout], () => ({ layout: /** @type {Contract['layout']} */ (layout.field.value) })],
  ];
  for (const [fields, parts] of given) {
    for (const { field } of fields) {
      field.addEventListener('change', () => {
        // What is no number yet is not given to the network.
        if (!(field instanceof HTMLInputElement) || field.value !== '') onChange(parts());
      });
    }
  }

  return {
    element: form,

    /**
     * @param {Contract} contract
     * @param {boolean} changeable
     */
    show(contract, changeable) {
      shown = contract;
      const [kind, number] = contract.resize.split(' ');
      preset.field.value = presetNames.find((name) => isPreset(contract, partsOf(name, contract.channels))) ?? '';
      width.field.value = String(contract.width);
      height.field.value = String(contract.height);
      channels.field.value = contract.channels;
      resize.field.value = kind;
      share.field.value = number ?? '';
      share.field.hidden = !number;
      scores.field.value = contract.scores;
      layout.field.value = contract.layout;
      for (const at of [0, 1, 2]) {
        mean[at].field.value = short(contract.mean[at]);
        deviation[at].field.value = short(contract.deviation[at]);
      }
      range.textContent = rangeOf(contract);
      for (const each of rows) each.show(contract, changeable);
    },
  };
}

/** @type {Record<string, number>} the number of each way of fitting that has one */
const defaults = { crop: 0.875, fit: 32 };

/**
 * @param {string} kind
 * @param {number} number
 */
function withNumber(kind, number) {
  return /** @type {Contract['resize']} */ (Number.isNaN(number) ? kind : `${kind} ${number}`);
}

/** @param {number} value in single precision */
function short(value) {
  return String(Number(value.toPrecision(6)));
}

/** @param {Contract} contract */
function rangeOf({ mean, deviation }) {
  const ends = [0, 255].map((value) => mean.map((each, at) => (value - each) / deviation[at]));
  return said.range(number(Math.min(...ends[0]), 2), number(Math.max(...ends[1]), 2));
}

/**
 * @param {Contract} contract
 * @param {Partial<ContractParts>} parts
 */
function isPreset(contract, parts) {
  return Object.entries(parts).every(([name, part]) => {
    const own = contract[/** @type {keyof ContractParts} */ (name)];
    return Array.isArray(part)
      ? part.every((value, at) => Math.abs(value - /** @type {readonly number[]} */ (own)[at]) < 0.01)
      : part === own;
  });
}

/**
 * @param {string} name
 * @param {Choices} choices
 */
function choice(name, choices) {
  const field = create('select', '');
  field.setAttribute('aria-label', name);
  field.append(...Object.entries(choices).map(([value, text]) => new Option(text, value)));
  return { field };
}

/**
 * @param {string} name
 * @param {number} [least]
 */
function numeric(name, least) {
  const field = create('input', '');
  field.type = 'number';
  field.step = 'any';
  if (least !== undefined) field.min = String(least);
  field.setAttribute('aria-label', name);
  return { field };
}

/**
 * @param {string} name
 * @param {keyof Contract['sources'] | null} source which part says from where it is known
 * @param {...{ field: HTMLInputElement | HTMLSelectElement }} fields
 */
function row(name, source, ...fields) {
  const element = create('div', 'part');
  const badge = create('span', 'source');
  const inputs = create('span', 'inputs');
  inputs.append(...fields.map(({ field }) => field));
  element.append(create('span', 'name', name), inputs, badge);
  return {
    element,

    /**
     * @param {Contract} contract
     * @param {boolean} changeable
     */
    show({ sources }, changeable) {
      if (source) {
        badge.textContent = said.sources[sources[source]];
        badge.dataset.source = sources[source];
      }
      for (const { field } of fields) field.disabled = !changeable;
    },
  };
}
