// @ts-check
/** @import { Picture } from '../picture.js' */
import { byId } from '../dom.js';
import { takeDropped } from '../drag.js';
import { decode, download } from '../picture.js';
import { samples } from '../samples.js';
import { droppedFiles } from './dropped-files.js';

/**
 * A picture that was chosen, and perhaps none: that shows when it is read.
 * @typedef {object} Choice
 * @property {string} name
 * @property {() => Promise<Picture>} read
 */

/**
 * Takes many pictures: a folder, files, what is dropped, or the samples.
 * @param {object} on
 * @param {(chosen: readonly Choice[]) => void} on.choose
 * @param {() => void} on.trySamples called after `choose` where the visitor asked for the samples
 * @param {(error: unknown) => void} on.error called when what was dropped is not to be had
 */
export function createChoice(on) {
  const folder = byId('folder', HTMLInputElement);
  const files = byId('files', HTMLInputElement);
  byId('folder-label', HTMLElement).hidden = !('webkitdirectory' in folder);

  for (const input of [folder, files]) {
    input.addEventListener('change', () => {
      const chosen = Array.from(input.files ?? [], (file) => ofFile(file, file.webkitRelativePath || file.name));
      // Emptied, so that choosing the same again is a change again.
      input.value = '';
      if (chosen.length > 0) on.choose(chosen);
    });
  }
  takeDropped((data) => {
    droppedFiles(data).then((dropped) => {
      if (dropped.length > 0) on.choose(dropped.map(({ file, path }) => ofFile(file, path)));
    }, on.error);
  });
  byId('try', HTMLButtonElement).addEventListener('click', () => {
    on.choose(samples.map(({ file, title }) => ({
      name: file,
      read: async () => decode(await download(`samples/${file}`, title), title),
    })));
    on.trySamples();
  });
}

/**
 * @param {File} file
 * @param {string} name
 * @returns {Choice}
 */
function ofFile(file, name) {
  return { name, read: () => decode(file) };
}
