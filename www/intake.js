// @ts-check
import { byId } from './dom.js';
import { takeDropped } from './drag.js';
import { draggedPicture } from './dragged-picture.js';
import { takeHandedOver } from './handed-over.js';

/**
 * Takes the visitor's own photos: from the file picker, dropped anywhere, pasted, or handed over by
 * the system.
 * @param {(file: File) => void} onFile
 * @param {(error: unknown) => void} onError called when one that was dropped or handed over is not to be had
 */
export function takeFiles(onFile, onError) {
  const picker = byId('file', HTMLInputElement);
  picker.addEventListener('change', () => {
    const file = picker.files?.[0];
    // Emptied, so that choosing the same photo again is a change again.
    if (file) onFile(file);
    picker.value = '';
  });

  addEventListener('paste', ({ clipboardData }) => {
    const file = firstPicture(clipboardData);
    if (file) onFile(file);
  });

  takeDropped((data) => {
    const file = firstPicture(data) ?? data.files[0];
    if (file) onFile(file);
    else draggedPicture(data).then(onFile, onError);
  });

  takeHandedOver(onFile, onError);
}

/** @param {DataTransfer | null} data */
function firstPicture(data) {
  return Array.from(data?.files ?? []).find((file) => file.type.startsWith('image/'));
}
