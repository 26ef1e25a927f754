// @ts-check
/** @import { Faithfulness, FaithfulnessSummary, MeanMeasures, Method, YardstickSummary } from '../gradlens/dist/index.js' */
import { create } from '../dom.js';
import { list, number, percent } from '../format.js';
import { words } from '../words.js';
import { keyed } from './key.js';
import { nameOf } from './methods.js';
import { asText, cell, head, row, table } from './table.js';
import { measureName, yardstickName } from './yardsticks.js';

/**
 * A column of the table of means.
 * @typedef {object} Column
 * @property {string} name
 * @property {'lower' | 'higher' | null} better null: neither is
 * @property {(of: MeanMeasures) => number | null} of
 * @property {(value: number) => string} text
 */

/** @param {FaithfulnessSummary} summary
 *  @returns {readonly Column[]} */
function columnsOf(summary) {
  const share = (/** @type {number} */ value) => percent(value / 100);
  const exact = (/** @type {number} */ value) => number(value, 3);
  const name = (/** @type {Parameters<typeof measureName>[0]} */ measure) => measureName(measure, summary);
  return [
    { name: name('drop'), better: 'lower', of: ({ meanDrop }) => meanDrop, text: share },
    { name: words.results.visible, better: null, of: ({ visible }) => visible, text: share },
    { name: name('increase'), better: 'higher', of: ({ increaseInConfidence }) => increaseInConfidence, text: share },
    { name: name('deletion'), better: 'lower', of: ({ deletionArea }) => deletionArea, text: exact },
    { name: name('insertion'), better: 'higher', of: ({ insertionArea }) => insertionArea, text: exact },
    { name: name('road'), better: 'higher', of: ({ road }) => road, text: exact },
    { name: words.results.sparseness, better: null, of: ({ sparseness }) => sparseness, text: exact },
  ];
}

/**
 * The means of every method, the best of each column marked, and below them those of the yardsticks.
 * @param {FaithfulnessSummary} summary
 * @param {string} caption
 */
export function summaryTable(summary, caption) {
  const { methods, yardsticks, pictures } = summary;
  const columns = columnsOf(summary).filter(({ of }) => methods.every((method) => of(method) !== null));
  const layers = pictures[0].result.methods.map(({ layer }) => layer);
  const heads = columns.map(({ name, better }) => head('col', name, ...(better
    ? [' ', create('span', 'better', `${better === 'lower' ? '↓' : '↑'} ${words.results.better[better]}`)]
    : [])));
  const made = table(caption, [row(asText(head('col', words.results.method)), ...heads)], methods.map((method, at) => row(
    methodHead(method.method, create('span', 'layer', layers[at])),
    ...columns.map(({ better, of, text }) => {
      const values = methods.map((each) => Number(of(each)));
      const best = better === 'lower' ? Math.min(...values) : Math.max(...values);
      const made = cell(text(values[at]));
      if (better && values[at] === best && values.some((value) => value !== best)) {
        made.className = 'best';
        made.append(' ', create('span', 'tag', words.results.best));
      }
      return made;
    }),
  )));
  made.append(yardstickRows(yardsticks, columns));
  return made;
}

/**
 * @param {readonly YardstickSummary[]} yardsticks
 * @param {readonly Column[]} columns
 */
function yardstickRows(yardsticks, columns) {
  const body = create('tbody', 'yardsticks');
  const title = asText(head('rowgroup', words.results.yardsticks, ' ', create('span', 'better', words.results.yardsticksHint)));
  title.colSpan = columns.length + 1;
  body.append(row(title), ...yardsticks.map((yardstick) => row(
    asText(head('row', yardstickName(yardstick))),
    ...columns.map(({ of, text }) => cell(text(Number(of(yardstick))))),
  )));
  return body;
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
