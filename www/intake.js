// @ts-check
import { byId } from './dom.js';

/**
 * Takes the visitor's own photos: from the file picker, dropped anywhere, or pasted.
 * @param {(file: File) => void} onFile
 */
export function takeFiles(onFile) {
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

  // Entering a child fires before leaving its parent, so the drag is over the page while the count is not 0.
  let depth = 0;
  const mark = (/** @type {number} */ value) => {
    depth = Math.max(0, value);
    document.body.classList.toggle('dropping', depth > 0);
  };
  addEventListener('dragenter', (event) => {
    if (carriesFiles(event)) mark(depth + 1);
  });
  addEventListener('dragleave', (event) => {
    if (carriesFiles(event)) mark(depth - 1);
  });
  addEventListener('dragover', (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  addEventListener('drop', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    mark(0);
    const file = firstPicture(event.dataTransfer) ?? event.dataTransfer?.files[0];
    if (file) onFile(file);
  });
}

/** @param {DragEvent} event */
function carriesFiles({ dataTransfer }) {
  return dataTransfer?.types.includes('Files') ?? false;
}

/** @param {DataTransfer | null} data */
function firstPicture(data) {
  return Array.from(data?.files ?? []).find((file) => file.type.startsWith('image/'));
}
