// @ts-check
/** @import { FaithfulnessSummary, Measure, Method, MethodInfo, Ranking } from '../gradlens/dist/index.js' */
import { byId } from '../dom.js';
import { number } from '../format.js';
import { words } from '../words.js';
import { keyed } from './key.js';
import { nameOf } from './methods.js';
import { asText, cell, head, row, table } from './table.js';
import { measureName } from './yardsticks.js';

/** @type {readonly Measure[]} */
const all = ['drop', 'increase', 'deletion', 'insertion', 'road'];

/** Which method is the best by a measure that the visitor chooses, and whether the pictures can tell. */
export function createRanking() {
  const box = byId('ranking', HTMLElement);
  const choice = byId('rank-by', HTMLSelectElement);
  const verdict = byId('rank-verdict', HTMLElement);
  const place = byId('leads', HTMLElement);
  /** @type {(() => void) | null} */
  let draw = null;
  choice.addEventListener('change', () => draw?.());

  /**
   * @param {FaithfulnessSummary} summary
   * @param {readonly MethodInfo[]} known the network's methods, with their costs
   */
  return (summary, known) => {
    const { result: { methods } } = summary.pictures[0];
    box.hidden = methods.length < 2;
    const measured = all.filter((measure) => measure === 'drop' || measure === 'increase' || methods[0][measure] !== null);
    const before = choice.value;
    choice.replaceChildren(...measured.map((measure) => new Option(measureName(measure, summary), measure, false, measure === before)));
    draw = () => {
      const measure = /** @type {Measure} */ (choice.value);
      const ranking = summary.ranking(measure);
      const name = measureName(measure, summary);
      verdict.textContent = ranking.best ? words.ranking.best(nameOf(ranking.best), name) : words.ranking.cannotTell(name);
      place.replaceChildren(leadTable(ranking, known, measure === 'drop' || measure === 'increase'));
    };
    draw();
  };
}

/**
 * The methods in their order, by how much the first leads, and what a map costs.
 * @param {Ranking} ranking
 * @param {readonly MethodInfo[]} known
 * @param {boolean} inPercent
 */
function leadTable({ methods, leads }, known, inPercent) {
  const said = words.ranking;
  const amount = (/** @type {number} */ value) => (inPercent ? `${number(100 * value, 1)}%` : number(value, 3));
  const heads = [asText(head('col', words.results.method)), ...[said.lead, said.interval, said.p, said.runs].map((name) => head('col', name))];
  return table(said.caption(nameOf(methods[0])), [row(...heads)], methods.map((method, at) => {
    const lead = leads[at - 1];
    const cells = lead ? [amount(lead.mean), said.range(amount(lead.interval[0]), amount(lead.interval[1])), number(lead.p, 3)] : ['–', '–', '–'];
    return row(asText(head('row', keyed('span', method))), ...cells.map((text) => cell(text)), cell(costOf(method, known)));
  }));
}

/**
 * @param {Method} method
 * @param {readonly MethodInfo[]} known
 */
function costOf(method, known) {
  const found = known.find(({ name }) => name === method);
  return found ? words.ranking.cost(number(found.runs), number(found.backward)) : '';
}
