// @ts-check
/** @import { Faithfulness, FaithfulnessSummary, Method, MethodSummary } from '../gradlens/dist/index.js' */
import { percent } from '../describe.js';
import { create } from '../dom.js';
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

/** @type {readonly Measure[]} */
const measures = [
  { name: 'Average Drop', better: 'lower', of: ({ averageDrop }) => averageDrop, text: (value) => percent(value / 100) },
  { name: 'Increase in Confidence', better: 'higher', of: ({ increaseInConfidence }) => increaseInConfidence, text: (value) => percent(value / 100) },
  { name: 'Deletion area', better: 'lower', of: ({ deletionArea }) => deletionArea, text: (value) => value.toFixed(3) },
  { name: 'Insertion area', better: 'higher', of: ({ insertionArea }) => insertionArea, text: (value) => value.toFixed(3) },
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
    head('col', name, ' ', create('span', 'better', `${better === 'lower' ? '↓' : '↑'} ${better} is better`)));
  return table(caption, [row(asText(head('col', 'Method')), ...columns)], methods.map((method, at) => row(
    methodHead(method.method, create('span', 'layer', layers[at])),
    ...shown.map(({ better, of, text }) => {
      const values = methods.map((each) => Number(of(each)));
      const best = better === 'lower' ? Math.min(...values) : Math.max(...values);
      const made = cell(text(values[at]));
      if (values[at] === best && values.some((value) => value !== best)) {
        made.className = 'best';
        made.append(' ', create('span', 'tag', 'best'));
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
  return table(
    'Win: on what share of the pictures each method of a pair has the smaller drop',
    [row(asText(head('col', 'Method')), head('col', 'wins'), head('col', 'ties'), head('col', 'loses'), asText(head('col', 'against')))],
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
  const groups = methods.map((method) => {
    const group = head('colgroup', nameOf(method));
    group.colSpan = 2;
    return group;
  });
  const tall = [asText(head('col', 'Picture')), asText(head('col', 'Class')), head('col', 'Y')];
  const last = asText(head('col', 'Smallest drop'));
  for (const column of [...tall, last]) column.rowSpan = 2;
  return table(
    'Y: score on the whole picture. O: score on what the map leaves visible.',
    [row(...tall, ...groups, last), row(...methods.flatMap(() => [head('col', 'O'), head('col', 'drop')]))],
    [],
  );
}

/**
 * A row of the table of the pictures; the name is a button.
 * @param {string} name
 * @param {Faithfulness} result
 */
export function pictureRow(name, { label, confidence, methods, winner }) {
  const button = create('button', '', name);
  button.type = 'button';
  return row(
    asText(head('row', button)),
    asText(cell(label)),
    cell(percent(confidence)),
    ...methods.flatMap(({ method, maskedConfidence, drop, isEmpty }) => {
      const lost = cell(isEmpty ? `${percent(drop)}, empty map` : percent(drop));
      if (method === winner && methods.length > 1) lost.className = 'best';
      return [cell(percent(maskedConfidence)), lost];
    }),
    asText(cell(winner ? nameOf(winner) : 'tie')),
  );
}

/**
 * @param {Method} method
 * @param {...Node} more
 */
function methodHead(method, ...more) {
  return asText(head('row', keyed('span', method), ' ', ...more));
}
