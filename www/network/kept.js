// @ts-check
/** @import { Network } from './network.js' */
import { sizeOf } from './network.js';

// Networks that the visitor keeps on this machine, in the origin private file system: a folder each, with the files and
// what was said of them.

const FOLDER = 'networks';
const ABOUT = 'about.json';

/**
 * @typedef {object} About what is written beside the files
 * @property {readonly string[]} files their names, by the number under which each is kept: they may hold anything
 * @property {Network['contract']} contract
 * @property {Network['labels']} labels
 */

/** Whether the browser can keep networks at all. */
export const canKeep = 'createWritable' in (globalThis.FileSystemFileHandle?.prototype ?? {});

/**
 * Keeps a network under its name, in place of one that was kept under it before.
 * @param {Network} network
 * @returns {Promise<Network>} the same, as it is kept
 */
export async function keep(network) {
  const key = keyOf(network.name);
  await alone(async () => {
    await remove(key);
    const folder = await (await root()).getDirectoryHandle(key, { create: true });
    try {
      for (const [at, file] of network.files.entries()) await write(folder, String(at), file);
      // Last: a folder without it is one that was not finished.
      await writeAbout(folder, network);
    } catch (error) {
      await remove(key);
      throw error;
    }
  });
  // Asked for, and fine without: the browser may clear it then when room runs out. Firefox asks the visitor, who need
  // not answer.
  navigator.storage.persist?.().catch(() => {});
  return { ...network, kept: key };
}

/**
 * Keeps what the visitor said of a network that is kept.
 * @param {Network} network
 * @returns {Promise<Network>} the same; it may be kept no more, as another tab forgot it, or the browser cleared it
 */
export async function keepAbout(network) {
  return alone(async () => {
    const folder = await (await root()).getDirectoryHandle(keyOf(network.name)).catch(() => null);
    if (!folder) return { ...network, kept: null };
    await writeAbout(folder, network);
    return network;
  });
}

/**
 * The networks that are kept. Rejects where the browser lets the page keep nothing, as in Firefox's private windows.
 * @returns {Promise<{ name: string, size: number }[]>}
 */
export async function listKept() {
  const names = [];
  for await (const name of (await root()).keys()) names.push(name);
  const found = await Promise.all(names.map((name) => read(name).catch(() => null)));
  return found.flatMap((network) => (network ? [{ name: network.name, size: sizeOf(network) }] : []));
}

/**
 * @param {string} name
 * @returns {Promise<Network | null>} null where none of that name is kept
 */
export function openKept(name) {
  return read(keyOf(name)).catch(() => null);
}

/** @param {string} name */
export function forget(name) {
  return alone(() => remove(keyOf(name)));
}

/** @param {string} key */
async function remove(key) {
  // What is not there is forgotten.
  await (await root()).removeEntry(key, { recursive: true }).catch(() => {});
}

/**
 * Changes what is kept while no other tab does.
 * @template T
 * @param {() => Promise<T>} change
 * @returns {Promise<T>}
 */
function alone(change) {
  return navigator.locks.request('gradlens networks', change);
}

/**
 * @param {string} key
 * @returns {Promise<Network>}
 */
async function read(key) {
  const folder = await (await root()).getDirectoryHandle(key);
  /** @type {About} */
  const { files: names, contract, labels } = JSON.parse(await (await fileIn(folder, ABOUT)).text());
  const files = await Promise.all(names.map(async (name, at) => new File([await fileIn(folder, String(at))], name)));
  return { name: key, files, contract, labels, kept: key };
}

async function root() {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
}

/**
 * @param {FileSystemDirectoryHandle} folder
 * @param {string} name
 */
async function fileIn(folder, name) {
  return (await folder.getFileHandle(name)).getFile();
}

/**
 * @param {FileSystemDirectoryHandle} folder
 * @param {string} name
 * @param {Blob} file
 */
async function write(folder, name, file) {
  const stream = await (await folder.getFileHandle(name, { create: true })).createWritable();
  await file.stream().pipeTo(stream);
}

/**
 * @param {FileSystemDirectoryHandle} folder
 * @param {Network} network
 */
async function writeAbout(folder, { files, contract, labels }) {
  /** @type {About} */
  const about = { files: files.map(({ name }) => name), contract, labels };
  await write(folder, ABOUT, new Blob([JSON.stringify(about)]));
}

/**
 * A name that a folder may have.
 * @param {string} name
 */
function keyOf(name) {
  return name.replace(/[^\p{L}\p{N}._+-]+/gu, '-').replace(/^\.+/, '') || 'network';
}
