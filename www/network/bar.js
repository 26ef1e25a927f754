// @ts-check
/** @import { ModelInfo, Progress } from '../gradlens/dist/index.js' */
/** @import { Network } from './network.js' */
import { byId } from '../dom.js';
import { list } from '../format.js';
import { createLoading } from '../loading.js';
import { words } from '../words.js';

/** The network of the package. */
export const BUILT_IN = 'EfficientNet-Lite0';

/**
 * The line that says which network explains, and opens another.
 * @param {object} on
 * @param {(files: readonly File[]) => void} on.files
 * @param {() => void} on.back called when the built-in one is asked for
 * @param {() => void} on.cancel called when the one that is being loaded is not wanted any more
 * @param {() => void} on.card
 */
export function createBar(on) {
  const name = byId('network-name', HTMLElement);
  const row = byId('network-row', HTMLElement);
  const note = byId('network-note', HTMLElement);
  const picker = byId('network-files', HTMLInputElement);
  const back = byId('network-back', HTMLButtonElement);
  const loading = byId('network-loading', HTMLElement);
  const phase = byId('network-phase', HTMLElement);
  const bytes = byId('network-bytes', HTMLElement);
  const progress = byId('network-progress', HTMLProgressElement);
  let account = createLoading();

  picker.addEventListener('change', () => {
    const files = Array.from(picker.files ?? []);
    // Emptied, so that choosing the same files again is a change again.
    picker.value = '';
    if (files.length > 0) on.files(files);
  });
  back.addEventListener('click', on.back);
  byId('network-cancel', HTMLButtonElement).addEventListener('click', on.cancel);
  byId('network-card', HTMLButtonElement).addEventListener('click', on.card);

  /** @param {Progress} step */
  function show(step) {
    const { detail, share } = account(step);
    bytes.textContent = detail;
    if (share === null) progress.removeAttribute('value');
    else progress.value = share;
  }

  return {
    /** @param {string | null} of the name of what is being loaded; null for the built-in one */
    wait(of) {
      account = createLoading();
      phase.textContent = words.network.loading(of ?? BUILT_IN);
      bytes.textContent = '';
      progress.removeAttribute('value');
      loading.hidden = false;
    },

    progress: show,

    ready() {
      loading.hidden = true;
    },

    /**
     * @param {Network | null} network
     * @param {ModelInfo} model
     */
    show(network, { contract: { sources } }) {
      name.textContent = network?.name ?? BUILT_IN;
      back.hidden = !network;
      row.toggleAttribute('data-own', !!network);
      const guessed = /** @type {const} */ (['size', 'channels', 'normalisation', 'resize', 'labels']).filter((part) => sources[part] === 'guessed');
      note.textContent = guessed.length > 0 ? words.network.guessed(list(guessed.map((part) => words.network.parts[part]))) : '';
    },
  };
}
