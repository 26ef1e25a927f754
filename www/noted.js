// @ts-check
import { list } from './format.js';
import { words } from './words.js';

/**
 * What a picture is called, with what differs in it from its file.
 * @param {string} text
 * @param {readonly string[]} notes
 */
export function noted(text, notes) {
  return notes.length > 0 ? words.pictures.noted(text, list(notes)) : text;
}
