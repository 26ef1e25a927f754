// @ts-check
/** @import { ContractParts, LoadOptions } from '../gradlens/dist/index.js' */
import { number } from '../format.js';
import { words } from '../words.js';
import { isNetwork } from './kinds.js';

/** In bytes; WebAssembly has no more. */
const MOST_MEMORY = 2 ** 32;

/**
 * A network that a visitor opened.
 * @typedef {object} Network
 * @property {string} name that of its file, without its ending
 * @property {readonly File[]} files the model, its weights, and what lies beside it
 * @property {Partial<ContractParts>} contract what the visitor says of the pictures that it expects
 * @property {readonly string[] | null} labels what the visitor calls its classes
 * @property {string | null} kept the name by which it is kept on this machine
 */

/**
 * The network that a set of files holds; files that only lie beside one join the one before.
 * @param {readonly File[]} files
 * @param {Network | null} before
 * @returns {Network}
 */
export function networkOf(files, before) {
  const models = files.filter(isNetwork);
  if (models.length > 1) throw new Error(words.network.many(models.map(({ name }) => name)));
  if (models.length === 0 && before) {
    const newer = new Set(files.map(({ name }) => name));
    const kept = before.files.filter(({ name }) => !newer.has(name));
    return { ...before, files: [...kept, ...files], labels: null, kept: null };
  }
  // Where none is one, the package says so.
  const name = (models[0] ?? files[0]).name.replace(/\.\w+$/, '');
  return { name, files, contract: {}, labels: null, kept: null };
}

/** @param {Network} network */
export function sizeOf({ files }) {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/**
 * Refuses a network that cannot fit into memory before any of it is read. Its files are there as they are, and its weights
 * once more as they are used.
 * @param {Network} network
 */
export function checkRoom(network) {
  // In gigabytes; not every browser tells it.
  const { deviceMemory = Infinity } = /** @type {{ deviceMemory?: number }} */ (navigator);
  const most = Math.min(MOST_MEMORY, (deviceMemory * 2 ** 30) / 2);
  const size = sizeOf(network);
  if (size > most) throw new Error(words.network.tooLarge(number(size / 1e6), number(most / 1e6)));
}

/**
 * What the package loads it by.
 * @param {Network} network
 * @returns {Pick<LoadOptions, 'files' | 'contract' | 'labels'>}
 */
export function loadOptions({ files, contract, labels }) {
  return { files, contract, ...(labels && { labels }) };
}
