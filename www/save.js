// @ts-check
import { create } from './dom.js';

/**
 * Hands the visitor a file.
 * @param {Blob} file
 * @param {string} name
 */
export function save(file, name) {
  const link = create('a', '');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser takes the file from the address after the click, not in it.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
