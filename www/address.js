// @ts-check
import { samples } from './samples.js';

/** The parts of the address's query that say what is shown; others are let alone. */
const KEYS = /** @type {const} */ (['network', 'sample', 'mode', 'class', 'against', 'method', 'layer', 'fused', 'negative', 'detail']);

/** @typedef {typeof KEYS[number]} Key */

/**
 * Takes over one part of the address and says whether the page has what it asks for.
 * @type {Record<Key, (value: string) => boolean>}
 */
const take = {
  network: (value) => value !== '',
  sample: (value) => samples.some(({ id }) => id === value),
  mode: (value) => check('mode', value),
  class: isIndex,
  against: (value) => isIndex(value) && keep('against', value),
  method: (value) => check('method', value),
  layer: (value) => keep('layer', value),
  fused: (value) => keep('fused', value),
  negative: (value) => tick('negative', value === '1'),
  detail: (value) => select('detail', value),
};

/**
 * Sets the page's controls as the address says, before anything reads them: as if the browser had
 * found them so after a reload.
 * @returns {{ network: string | null, sample: string | null, classIdx: number | null, unknown: string[] }} what to show, and
 *   the parts of the address that ask for what the page does not have; whether the network has classes and layers is
 *   known when that is there
 */
export function readAddress() {
  const query = new URLSearchParams(location.search);
  const unknown = KEYS.filter((key) => !take[key](query.get(key) ?? '') && query.has(key));
  const known = (/** @type {Key} */ key) => (unknown.includes(key) ? null : query.get(key));
  const classIdx = known('class');
  return {
    network: known('network'),
    sample: known('sample'),
    classIdx: classIdx === null ? null : Number(classIdx),
    unknown: unknown.map((key) => `${key}=${query.get(key)}`),
  };
}

/**
 * Puts what is shown into the address, so that a reload, a bookmark or a copy brings it back.
 * @param {Record<Key, string | null>} shown null for what the address shall not say
 */
export function writeAddress(shown) {
  const query = new URLSearchParams(location.search);
  for (const key of KEYS) {
    const value = shown[key];
    if (value === null) query.delete(key);
    else query.set(key, value);
  }
  history.replaceState(history.state, '', `?${query}${location.hash}`);
}

/**
 * The address without one part of its query.
 * @param {string} key
 * @returns {string}
 */
export function addressWithout(key) {
  const query = new URLSearchParams(location.search);
  query.delete(key);
  return `${location.pathname}?${query}`;
}

/** @param {string} value */
function isIndex(value) {
  return /^\d{1,5}$/.test(value);
}

/**
 * @param {string} name
 * @param {string} value
 */
function check(name, value) {
  const radios = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll(`input[name=${name}]`));
  const radio = Array.from(radios).find((each) => each.value === value);
  if (radio) radio.checked = true;
  return !!radio;
}

/**
 * Lets a list have what it may have once the network is there.
 * @param {string} id
 * @param {string} value
 */
function keep(id, value) {
  const field = /** @type {HTMLSelectElement} */ (document.getElementById(id));
  if (value && !select(id, value)) field.append(new Option(value, value, false, true));
  return value !== '';
}

/**
 * @param {string} id
 * @param {string} value
 */
function select(id, value) {
  const field = /** @type {HTMLSelectElement} */ (document.getElementById(id));
  const has = Array.from(field.options).some((option) => option.value === value);
  if (has) field.value = value;
  return has;
}

/**
 * @param {string} id
 * @param {boolean} value
 */
function tick(id, value) {
  const box = /** @type {HTMLInputElement} */ (document.getElementById(id));
  if (value) box.checked = true;
  return value;
}
