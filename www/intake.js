// @ts-check
import { byId } from './dom.js';
import { takeDropped } from './drag.js';
import { draggedPicture } from './dragged-picture.js';
import { droppedFiles } from './evaluate/dropped-files.js';
import { takeHandedOver } from './handed-over.js';
import { areNetwork } from './network/kinds.js';

/**
 * Takes the visitor's own photos and networks: from the file picker, dropped anywhere, pasted, or handed over by
 * the system.
 * @param {object} on
 * @param {(file: File) => void} on.photo
 * @param {(files: readonly File[]) => void} on.network
 * @param {() => boolean} on.hasNetwork whether a network of the visitor's is there, to which labels may be added
 * @param {(error: unknown) => void} on.error called when what was dropped or handed over is not to be had
 */
export function takeFiles(on) {
  /** @param {readonly File[]} files */
  function take(files) {
    const others = files.filter((file) => !isPicture(file));
    if (areNetwork(others, on.hasNetwork())) on.network(others);
    else if (files.length > 0) on.photo(files.find(isPicture) ?? files[0]);
  }

  const picker = byId('file', HTMLInputElement);
  picker.addEventListener('change', () => {
    const file = picker.files?.[0];
    // Emptied, so that choosing the same photo again is a change again.
    if (file) on.photo(file);
    picker.value = '';
  });

  addEventListener('paste', ({ clipboardData }) => {
    const files = Array.from(clipboardData?.files ?? []);
    if (files.some(isPicture) || areNetwork(files, on.hasNetwork())) take(files);
  });

  takeDropped((data) => {
    const files = Array.from(data.files);
    if (files.length === 0) draggedPicture(data).then(on.photo, on.error);
    else if (!hasFolder(data)) take(files);
    // What is in a folder, or else the folder, which is no picture.
    else droppedFiles(data).then((found) => take(found.length > 0 ? found.map(({ file }) => file) : files), on.error);
  });

  takeHandedOver(take, on.error);
}

/** @param {File} file */
function isPicture({ type }) {
  return type.startsWith('image/');
}

/** @param {DataTransfer} data */
function hasFolder({ items }) {
  return Array.from(items).some((item) => item.webkitGetAsEntry()?.isDirectory);
}
