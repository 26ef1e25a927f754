// @ts-check
/** @import { Explainer } from '../gradlens/dist/index.js' */
/** @import { Network } from './network.js' */
import { words } from '../words.js';
import { BUILT_IN } from './bar.js';
import { examples, openExample } from './examples.js';
import { canKeep, listKept, openKept } from './kept.js';
import { loadOptions } from './network.js';

/**
 * A network that a photo can be shown to beside the one that explains it.
 * @typedef {object} Rival
 * @property {string} name
 * @property {number | null} size in bytes of what has to be read before it answers; null for the built-in one
 * @property {() => Promise<Network | null>} open null is the built-in one
 */

/**
 * The networks at hand beside one: the built-in one, those that are kept on this machine, those that come with the site.
 * @param {Network | null} current
 * @returns {Promise<Rival[]>}
 */
export async function rivalsOf(current) {
  const kept = canKeep ? await listKept() : [];
  /** @type {Rival[]} */
  const all = [
    { name: BUILT_IN, size: null, open: async () => null },
    ...kept.map(({ name, size }) => ({ name, size, open: () => stillKept(name) })),
    ...examples.map(({ name, size }) => ({ name, size, open: () => openExample(name) })),
  ];
  const names = new Set([current?.kept ?? current?.name ?? BUILT_IN]);
  // One that is kept may be one of those that come with the site.
  return all.filter(({ name }) => !names.has(name) && names.add(name));
}

/** @param {string} name */
async function stillKept(name) {
  const network = await openKept(name);
  if (network) return network;
  throw new Error(words.networks.gone(name));
}

/** The rivals that are loaded, until they are let go. */
export function createRivals() {
  /** @type {Map<string, Promise<Explainer>>} */
  const loaded = new Map();

  return {
    /** @param {string} name */
    has(name) {
      return loaded.has(name);
    },

    /**
     * @param {Rival} rival
     * @returns {Promise<Explainer>}
     */
    ready({ name, open }) {
      const known = loaded.get(name);
      if (known) return known;
      const loading = load(open);
      loaded.set(name, loading);
      // It may be asked for again.
      loading.catch(() => loaded.delete(name));
      return loading;
    },

    /** Frees them all. */
    dispose() {
      for (const loading of loaded.values()) loading.then((explainer) => explainer.dispose(), () => {});
      loaded.clear();
    },
  };
}

/** @param {Rival['open']} open */
async function load(open) {
  const [gradlens, network] = await Promise.all([import('../gradlens/dist/index.js'), open()]);
  return gradlens.load({ backend: 'cpu', ...(network && loadOptions(network)) });
}
