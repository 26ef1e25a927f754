// @ts-check
/** @import { Explainer } from '../gradlens/dist/index.js' */
/** @import { createEngine } from '../engine.js' */
/** @import { Network } from './network.js' */
import { createBar } from './bar.js';

/**
 * Which network explains: the built-in one, or one of the visitor's. The one before stays until another is loaded.
 * @param {ReturnType<typeof createEngine>} engine
 * @param {object} on
 * @param {() => void} on.change called when another network has taken over
 * @param {(error: unknown) => void} on.error
 * @param {() => void} on.card called when the network's card is asked for
 * @param {Promise<Network | null>} first what the page begins with
 */
export function createNetworkSwitch(engine, on, first) {
  /** @type {Network | null} */
  let current = null;
  first.then((network) => { current = network; });
  /** @type {AbortController | null} */
  let opening = null;

  const bar = createBar({
    files: openFiles,
    back: () => go(null).catch(on.error),
    cancel: () => opening?.abort(),
    card: on.card,
  });

  /** @param {readonly File[]} files */
  async function openFiles(files) {
    try {
      const { networkOf } = await import('./network.js');
      await go(networkOf(files, current));
    } catch (error) {
      on.error(error);
    }
  }

  /** @param {Network | null} next null for the built-in one */
  async function go(next) {
    opening?.abort();
    const mine = opening = new AbortController();
    const { signal } = mine;
    bar.wait(next?.name ?? null);
    try {
      const options = next ? await optionsOf(next) : {};
      // The files of the current one are read, and its weights packed.
      if (next && next.files === current?.files) await engine.conform(options);
      else await engine.exchange(options, { signal, onProgress: bar.progress });
      current = next;
      on.change();
    } catch (error) {
      // Whoever cancelled it knows.
      if (!signal.aborted) throw error;
    } finally {
      if (opening === mine) {
        opening = null;
        bar.ready();
      }
    }
  }

  /** @param {Network} network */
  async function optionsOf(network) {
    const { checkRoom, loadOptions } = await import('./network.js');
    checkRoom(network);
    return loadOptions(network);
  }

  return {
    /** The visitor's network that explains; null where it is the built-in one. */
    get current() {
      return current;
    },

    /** Keeps what is said of the current one: where it is kept, say. */
    set current(next) {
      current = next;
    },

    /** @param {Explainer} explainer it is there now */
    settle({ model }) {
      bar.show(current, model);
    },

    openFiles,

    /** Goes over to another network; rejects where that cannot be loaded. */
    go,
  };
}
