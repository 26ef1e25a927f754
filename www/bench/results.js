// @ts-check
/** @import { Backend } from '../gradlens/dist/index.js' */
/** @import { Machine } from './machine.js' */
/** @import { Times } from './measure.js' */
import { byId, create } from '../dom.js';
import { asText, cell, head, row, table } from '../evaluate/table.js';
import { number } from '../format.js';
import { words } from '../words.js';
import { measures } from './measure.js';

/**
 * What was found on each backend: its times, or why there are none.
 * @typedef {Map<Backend, Times | string>} Found
 */

const said = words.bench;

/** What the backends are called, in every language. */
export const nameOf = { cpu: 'CPU', webgpu: 'WebGPU' };

/** The place where the results are shown. */
export function createResults() {
  const section = byId('results', HTMLElement);
  const times = byId('times', HTMLElement);
  const machine = byId('machine', HTMLElement);

  return {
    /**
     * @param {Found} found
     * @param {Machine} of
     */
    show(found, { description }) {
      const { columns, lines } = grid(found);
      times.replaceChildren(table(
        said.caption,
        [row(asText(head('col', said.measure)), ...columns.map((name) => head('col', name)))],
        lines.map(([name, ...values]) => row(asText(head('row', name)), ...values.map((value) => cell(value)))),
      ));
      machine.replaceChildren(...description.flatMap(([name, value]) => [create('dt', '', name), create('dd', '', value)]));
      section.hidden = false;
    },

    clear() {
      section.hidden = true;
    },
  };
}

/**
 * The same as text: a Markdown table and the machine.
 * @param {Found} found
 * @param {Machine} machine
 * @param {string} version of gradlens
 */
export function asMarkdown(found, { description }, version) {
  const { columns, lines } = grid(found);
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(' | ')} |`;
  return [
    `gradlens ${version}, ${new Date().toISOString().slice(0, 10)}`,
    '',
    line([said.measure, ...columns]),
    line(['---', ...columns.map(() => '---:')]),
    ...lines.map(line),
    '',
    ...description.map(([name, value]) => `${name}: ${value}`),
    '',
  ].join('\n');
}

/** @param {Found} found */
function grid(found) {
  return {
    columns: Array.from(found.keys(), (backend) => nameOf[backend]),
    lines: measures.map((name, at) => [
      said.measures[name],
      ...Array.from(found.values(), (times) => {
        if (typeof times === 'string') return at === 0 ? times : '–';
        return times[name].length > 0 ? summary(times[name]) : '–';
      }),
    ]),
  };
}

/**
 * The median and, of several, the range.
 * @param {readonly number[]} times
 */
function summary(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  const text = (/** @type {number} */ time) => number(time, time < 10 ? 1 : 0);
  return times.length > 1
    ? said.range(text(median), text(sorted[0]), text(sorted[sorted.length - 1]))
    : said.once(text(median));
}
