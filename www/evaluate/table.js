// @ts-check
import { create } from '../dom.js';

/** @typedef {string | Node} Content */


/**
 * A table with a caption.
 * @param {string} caption
 * @param {readonly HTMLTableRowElement[]} head
 * @param {readonly HTMLTableRowElement[]} body
 */
export function table(caption, head, body) {
  const made = create('table', '');
  const [thead, tbody] = [create('thead', ''), create('tbody', '')];
  thead.append(...head);
  tbody.append(...body);
  made.append(create('caption', '', caption), thead, tbody);
  return made;
}

/** @param {...HTMLTableCellElement} cells */
export function row(...cells) {
  const made = create('tr', '');
  made.append(...cells);
  return made;
}

/**
 * The head of a column, of a row, or of several of them.
 * @param {'col' | 'row' | 'colgroup' | 'rowgroup'} scope
 * @param {...Content} content
 */
export function head(scope, ...content) {
  const made = create('th', '');
  made.scope = scope;
  made.append(...content);
  return made;
}

/** @param {...Content} content */
export function cell(...content) {
  const made = create('td', '');
  made.append(...content);
  return made;
}

/**
 * Marks a cell or a head as text, which begins at the left as numbers end at the right.
 * @template {HTMLTableCellElement} T
 * @param {T} made
 * @returns {T}
 */
export function asText(made) {
  made.classList.add('text');
  return made;
}
