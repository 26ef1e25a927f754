// @ts-check
/** @import { ContractParts, LoadOptions } from '../gradlens/dist/index.js' */
import { isNetwork } from './kinds.js';
import { words } from '../words.js';

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
  const name = models[0].name.replace(/\.\w+$/, '');
  return { name, files, contract: {}, labels: null, kept: null };
}

/** @param {Network} network */
export function sizeOf({ files }) {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/**
 * What the package loads it by.
 * @param {Network} network
 * @returns {Pick<LoadOptions, 'files' | 'contract' | 'labels'>}
 */
export function loadOptions({ files, contract, labels }) {
  return { files, contract, ...(labels && { labels }) };
}
