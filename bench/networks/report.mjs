// Rounds as one table: a line for each network.
import { megabytes, milliseconds, ranged } from '../report.mjs';
import { geometricMean, median, ratioText } from '../statistics.mjs';

const INTRODUCTION = `Grad-CAM++ of the top class at its default layer by gradlens, in its worker, beside the prediction by onnxruntime-web
(wasm, all graph optimisations), which has no gradients in the browser: the same files, one thread each, from 8-bit
pixels of the input's size, a picture not seen before each time. Times in ms: the median and, in brackets, the range of
the rounds. The answers were compared; "difference" is the largest one, as a share of the largest logit.

- ratio: the first as a share of the second within each round: the median of the rounds and, in brackets, between which
  values the true median lies with 95 % confidence (from 6 rounds on). Warm after three warm-ups; settled: later.
- ready: from the network's bytes in the page until it can be asked, with the start of WebAssembly; first answer: from
  there, too.
- memory: the peak of renderer and GPU process above that of a page with the network of the package, in MB.`;

/** @typedef {Omit<import('./visit.mjs').Visit, 'answers'>} Figures */

/**
 * A network's outcome.
 * @typedef {object} Result
 * @property {number} bytes of its file
 * @property {{ round: number, explained: Figures, predicted: Figures, difference: number, layer: string }[]} rounds those that succeeded
 * @property {string[]} errors of the others
 */

const TIMES = ranged(milliseconds);
const MEMORY = ranged(megabytes);

/** Of a round, a figure of the explanation as a share of the prediction's. */
const ratio = (of) => ({ explained, predicted }) => median(explained[of]) / median(predicted[of]);
const ratios = (of) => ({ rounds }) => ratioText(rounds.map(ratio(of)));

/** @type {(side: 'explained' | 'predicted', of: keyof Figures, text: (values: any[]) => string) => (result: Result) => string} */
const figure = (side, of, text) => ({ rounds }) => text(rounds.map((round) => round[side][of]));

/** @type {readonly [title: string, text: (result: Result) => string][]} */
const COLUMNS = [
  ['file, MB', ({ bytes }) => megabytes(bytes)],
  ['rounds', ({ rounds }) => String(rounds.length)],
  ['explained', figure('explained', 'warm', TIMES)],
  ['predicted', figure('predicted', 'warm', TIMES)],
  ['ratio', ratios('warm')],
  ['ratio, settled', ratios('settled')],
  ['ready', figure('explained', 'ready', TIMES)],
  ['ready, ort', figure('predicted', 'ready', TIMES)],
  ['first answer', figure('explained', 'first', TIMES)],
  ['first answer, ort', figure('predicted', 'first', TIMES)],
  ['memory', figure('explained', 'memory', MEMORY)],
  ['memory, ort', figure('predicted', 'memory', MEMORY)],
  ['difference', ({ rounds }) => Math.max(...rounds.map(({ difference }) => difference)).toExponential(1)],
];

/**
 * @param {Map<string, Result>} results
 * @param {{ date: string, machine: string, browser: string, rounds: number, otherCores: number }} conditions
 */
export function table(results, { date, machine, browser, rounds, otherCores }) {
  return `# Explanations beside predictions

${INTRODUCTION}

${date}, ${machine}, ${browser}, rounds: ${rounds}. Right before a visit other programs used ${otherCores} cores (median).

| | ${COLUMNS.map(([title]) => title).join(' | ')} |
|---|${'---:|'.repeat(COLUMNS.length)}
${Array.from(results, ([name, result]) => row(name, result)).join('\n')}

${['warm', 'settled'].map((of) => means(of, [...results.values()])).join('\n')}
`;
}

/** @type {(name: string, result: Result) => string} */
function row(name, result) {
  if (result.rounds.length === 0) return `| ${name} | failed: ${result.errors[0].split('\n')[0]} |${' |'.repeat(COLUMNS.length - 1)}`;
  return `| ${[name, ...COLUMNS.map(([, text]) => text(result))].join(' | ')} |`;
}

/** The geometric means over the networks: of their medians, and of each round that measured all of them. */
function means(of, results) {
  const all = results.map(({ rounds }) => rounds).filter((rounds) => rounds.length > 0);
  if (all.length === 0) return '';
  const ofMedians = geometricMean(all.map((rounds) => median(rounds.map(ratio(of)))));
  const withinRounds = all[0].flatMap(({ round }) => {
    const same = all.map((rounds) => rounds.find((each) => each.round === round));
    return same.includes(undefined) ? [] : [geometricMean(same.map(ratio(of)))];
  });
  return `Geometric mean over ${all.length} networks, ${of}: ${ofMedians.toFixed(3)} of the medians; within the rounds ${ratioText(withinRounds)}.`;
}
