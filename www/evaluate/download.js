// @ts-check
import { create } from '../dom.js';

/**
 * Hands the visitor a text as a file.
 * @param {string} text
 * @param {string} name
 * @param {string} type
 */
export function saveText(text, name, type) {
  const link = create('a', '');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  // The browser takes the file from the address after the click, not in it.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
