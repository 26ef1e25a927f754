// @ts-check
/** @import { FaithfulnessSummary } from '../gradlens/dist/index.js' */
import { percent } from '../format.js';
import { words } from '../words.js';
import { lookOf } from './methods.js';
import { blank, horizontalAxis } from './plot.js';
import { mark, svg } from './svg.js';

const RADIUS = 4.5;
const HEAD = 24;
const BAND = 64;
const ROW = HEAD + BAND + 8;

/**
 * One row a method, one mark a picture where its drop is.
 * @param {FaithfulnessSummary} summary
 * @param {string} title
 * @returns {(width: number) => SVGSVGElement}
 */
export function dropPlot({ methods, pictures }, title) {
  const rows = methods.map(({ method, meanDrop }, at) => {
    const drops = pictures.map(({ result }) => result.methods[at].drop);
    return { method, drops, none: drops.filter((drop) => drop === 0).length, mean: meanDrop / 100 };
  });
  const said = rows.map(({ method, drops, none, mean }) => words.plots.dropsOf({
    method: lookOf(method).name,
    mean: percent(mean),
    least: percent(Math.min(...drops)),
    most: percent(Math.max(...drops)),
    none,
    all: drops.length,
  }));

  return (width) => {
    // A mark at either end needs its own half beyond the axis, and so does the number below.
    const area = { left: 20, right: width - 20, top: HEAD, bottom: ROW * rows.length };
    const at = (/** @type {number} */ drop) => area.left + (area.right - area.left) * drop;
    const plot = blank(width, area.bottom + 40, title, said.join(' '));
    plot.append(horizontalAxis(area, words.plots.dropsAxis));
    rows.forEach(({ method, drops, none, mean }, i) => {
      const { name, shape } = lookOf(method);
      const value = [...(width < 480 ? [] : [words.plots.loseNothing(none, drops.length)]), words.plots.mean(percent(mean))].join(', ');
      const middle = ROW * i + HEAD + BAND / 2;
      plot.append(svg('g', { 'data-method': method },
        svg('rect', { class: 'head', x: 0, y: ROW * i, width, height: HEAD }),
        svg('text', { class: 'name', x: area.left, y: ROW * i + 16 }, name),
        svg('text', { class: 'value', x: area.right, y: ROW * i + 16, 'text-anchor': 'end' }, value),
        svg('path', { class: 'marks', d: swarm(drops.map(at)).map(([x, dy]) => mark(shape, x, middle + dy, RADIUS)).join('') }),
        svg('path', { class: 'mean', d: `M${at(mean)} ${middle - BAND / 2}v${BAND}` })));
    });
    return plot;
  };
}

/**
 * Sets marks that would cover each other above and below the middle, nearer to each other where
 * they are many.
 * @param {readonly number[]} places
 * @returns {[x: number, dy: number][]}
 */
function swarm(places) {
  /** @type {Map<number, number[]>} */
  const columns = new Map();
  for (const x of places) {
    const column = Math.round(x / (2 * RADIUS));
    const held = columns.get(column);
    if (held) held.push(x);
    else columns.set(column, [x]);
  }
  return Array.from(columns.values()).flatMap((column) => {
    const step = Math.min(2 * RADIUS, (BAND - 2 * RADIUS) / Math.max(1, column.length - 1));
    return column.map((x, i) => /** @type {[number, number]} */ ([x, step * (i - (column.length - 1) / 2)]));
  });
}
