// @ts-check
/** @import { Faithfulness, FaithfulnessSummary, Method, MethodSummary } from '../gradlens/dist/index.js' */
import { create } from '../dom.js';
import { list, number, percent } from '../format.js';
import { words } from '../words.js';
import { keyed } from './key.js';
import { nameOf } from './methods.js';
import { asText, cell, head, row, table } from './table.js';

/**
 * A number of the table of means.
 * @typedef {object} Measure
 * @property {string} name
 * @property {'lower' | 'higher'} better
 * @property {(of: MethodSummary) => number | null} of
 * @property {(value: number) => string} text
 */

const { averageDrop: drop, increase, deletionArea: deletion, insertionArea: insertion } = words.results;

/** @type {readonly Measure[]} */
const measures = [
  { name: drop, better: 'lower', of: ({ averageDrop }) => averageDrop, text: (value) => percent(value / 100) },
  { name: increase, better: 'higher', of: ({ increaseInConfidence }) => increaseInConfidence, text: (value) => percent(value / 100) },
  { name: deletion, better: 'lower', of: ({ deletionArea }) => deletionArea, text: (value) => number(value, 3) },
  { name: insertion, better: 'higher', of: ({ insertionArea }) => insertionArea, text: (value) => number(value, 3) },
];

/**
 * The means of every method, the best of each column marked.
 * @param {FaithfulnessSummary} summary
 * @param {string} caption
 */
export function summaryTable({ methods, pictures }, caption) {
  const shown = measures.filter(({ of }) => methods.every((method) => of(method) !== null));
  const layers = pictures[0].result.methods.map(({ layer }) => layer);
  const columns = shown.map(({ name, better }) =>
    head('col', name, ' ', create('span', 'better', `${better === 'lower' ? '↓' : '↑'} ${words.results.better[better]}`)));
  return table(caption, [row(asText(head('col', words.results.method)), ...columns)], methods.map((method, at) => row(
    methodHead(method.method, create('span', 'layer', layers[at])),
    ...shown.map(({ better, of, text }) => {
      const values = methods.map((each) => Number(of(each)));
      const best = better === 'lower' ? Math.min(...values) : Math.max(...values);
      const made = cell(text(values[at]));
      if (values[at] === best && values.some((value) => value !== best)) {
        made.className = 'best';
        made.append(' ', create('span', 'tag', words.results.best));
      }
      return made;
    }),
  )));
}

/**
 * Every pair of methods.
 * @param {FaithfulnessSummary} summary
 */
export function winTable({ wins }) {
  const share = (/** @type {number} */ value) => percent(value / 100);
  const said = words.results.winTable;
  return table(
    said.caption,
    [row(asText(head('col', words.results.method)), head('col', said.wins), head('col', said.ties), head('col', said.loses), asText(head('col', said.against)))],
    wins.map(({ first, second, firstWins, secondWins, ties }) => {
      const cells = [cell(share(firstWins)), cell(share(ties)), cell(share(secondWins))];
      if (firstWins > secondWins) cells[0].className = 'best';
      if (secondWins > firstWins) cells[2].className = 'best';
      return row(methodHead(first), ...cells, methodHead(second));
    }),
  );
}

/**
 * The table of the pictures, still without them.
 * @param {readonly Method[]} methods
 */
export function pictureTable(methods) {
  const said = words.results.pictureTable;
  const groups = methods.map((method) => {
    const group = head('colgroup', nameOf(method));
    group.colSpan = 2;
    return group;
  });
  const tall = [asText(head('col', said.picture)), asText(head('col', said.class)), head('col', 'Y')];
  const last = asText(head('col', said.smallest));
  for (const column of [...tall, last]) column.rowSpan = 2;
  return table(
    said.caption,
    [row(...tall, ...groups, last), row(...methods.flatMap(() => [head('col', 'O'), head('col', said.drop)]))],
    [],
  );
}

/**
 * A row of the table of the pictures; the name is a button.
 * @param {string} name
 * @param {readonly string[]} notes in what the picture differs from its file
 * @param {Faithfulness} result
 */
export function pictureRow(name, notes, { label, confidence, methods, winner }) {
  const said = words.results.pictureTable;
  const button = create('button', '', name);
  button.type = 'button';
  return row(
    asText(head('row', button, ...(notes.length > 0 ? [' ', create('span', 'hint', list(notes))] : []))),
    asText(cell(label)),
    cell(percent(confidence)),
    ...methods.flatMap(({ method, maskedConfidence, drop, isEmpty }) => {
      const lost = cell(isEmpty ? said.emptyMap(percent(drop)) : percent(drop));
      if (method === winner && methods.length > 1) lost.className = 'best';
      return [cell(percent(maskedConfidence)), lost];
    }),
    asText(cell(winner ? nameOf(winner) : said.tie)),
  );
}

/**
 * @param {Method} method
 * @param {...Node} more
 */
function methodHead(method, ...more) {
  return asText(head('row', keyed('span', method), ' ', ...more));
}
