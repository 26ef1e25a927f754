// @ts-check
/** @import { Backend, Explainer, LoadOptions } from './gradlens/dist/index.js' */
import { codeOf } from './errors.js';
import { words } from './words.js';

// After these the explainer is gone for good; after any other its next call works.
const FATAL = ['device-error', 'disposed', 'internal', 'runtime-unavailable'];

// A service worker keeps the model with the rest of the site: no need for a second copy of its 9 MB.
const cache = !('serviceWorker' in navigator);

/**
 * The explainer, loaded when it is first asked for. A load that failed is tried again by the next
 * `ready`, and so is one whose explainer broke later.
 * @param {Backend | 'auto'} backend
 * @param {Pick<LoadOptions, 'onProgress' | 'onRestart'>} [told] what the page says about it
 * @param {Promise<LoadOptions>} [network] which network; the built-in one where nothing is said
 */
export function createEngine(backend, told, network = Promise.resolve({})) {
  /** @type {Promise<Explainer> | null} */
  let loading = null;
  /** @type {'no' | 'yes' | 'failed'} */
  let loaded = 'no';

  /** @param {LoadOptions} options */
  async function loadNetwork(options) {
    // Imported here and not at the top: the page shows photos, and says what is wrong, without it.
    const gradlens = await import('./gradlens/dist/index.js').catch((cause) => {
      throw new Error(words.errors.program, { cause });
    });
    return gradlens.load({ backend, cache, ...told, ...options });
  }

  function load() {
    loaded = 'no';
    const mine = network.then(loadNetwork);
    // Another network may have taken over meanwhile.
    mine.then(
      () => { if (loading === mine) loaded = 'yes'; },
      () => {
        if (loading !== mine) return;
        loading = null;
        loaded = 'failed';
      },
    );
    return mine;
  }

  return {
    /** Whether an explainer is there; 'failed' where the last load ended without one. */
    get loaded() {
      return loaded;
    },

    /** @returns {Promise<Explainer>} */
    ready() {
      loading ??= load();
      return loading;
    },

    /**
     * Loads another network in place of the one that is there, which stays until then, and where that fails.
     * @param {LoadOptions} next which network; the built-in one where nothing is said
     * @param {Pick<LoadOptions, 'onProgress' | 'signal'>} call
     */
    async exchange(next, call) {
      const explainer = await loadNetwork({ ...next, ...call });
      const before = loading;
      network = Promise.resolve(next);
      loading = Promise.resolve(explainer);
      loaded = 'yes';
      before?.then((other) => other.dispose(), () => {});
      return explainer;
    },

    /**
     * Changes what the network that is there is taken to expect, without loading it again.
     * @param {LoadOptions} next what it would be loaded by
     */
    async conform(next) {
      const mine = this.ready();
      try {
        await (await mine).setContract(next.contract ?? {}, next.labels);
      } catch (error) {
        if (loading === mine) this.drop(error);
        throw error;
      }
      if (loading === mine) network = Promise.resolve(next);
    },

    /**
     * Lets go of an explainer that cannot go on.
     * @param {unknown} error what one of its calls threw
     */
    drop(error) {
      if (!loading || !FATAL.includes(codeOf(error))) return;
      loading.then((explainer) => explainer.dispose(), () => {});
      loading = null;
      loaded = 'no';
    },
  };
}
