// Rounds as one table: medians over all rounds, and the range of the rounds' own medians.

import { median, ratioText } from './statistics.mjs';

export const milliseconds = (value) => value.toFixed(value < 10 ? 1 : 0);
export const megabytes = (value) => (value / 1e6).toFixed(value < 1e7 ? 2 : 0);

/** One value, or several, of each round: their median, and the range of the rounds' medians. */
export const ranged = (format) => (rounds) => {
  const all = rounds.flat().filter((value) => value !== null);
  if (all.length === 0) return '–';
  if (rounds.length === 1) return format(median(all));
  const each = rounds.map((values) => median([values].flat()));
  return `${format(median(all))} (${format(Math.min(...each))}–${format(Math.max(...each))})`;
};

/** @type {readonly [title: string, of: keyof import('./measure/visit.mjs').Visit, text: (values: any[]) => string][]} */
const COLUMNS = [
  ['cold start', 'cold', ranged(milliseconds)],
  ['first map', 'first', ranged(milliseconds)],
  ['warm map', 'warm', ranged(milliseconds)],
  ['settled', 'settled', ranged(milliseconds)],
  ['next class', 'next', ranged(milliseconds)],
  ['8 classes', 'many', ranged(milliseconds)],
  ['448 × 448', 'fine', ranged(milliseconds)],
  ['peak memory, MB', 'memory', ranged(megabytes)],
  ['difference', 'difference', (values) => Math.max(...values).toExponential(1)],
];

const INTRODUCTION = `Grad-CAM++ of EfficientNet-Lite0 at its last convolution, 224 × 224, from 8-bit pixels to a Float32Array.
Times in ms: the median and, in brackets, the range of the rounds. Every map was compared with a float64
reference; "difference" is the largest one, as a share of the map's maximum.

- code: what was fetched besides weights and pictures, under brotli.
- cold start: from the navigation to the first map. The server is on the same machine and sends files as they are.
- warm map: new pictures after three warm-ups; settled: the same once more; next class: of the same picture.
- 8 classes: of a new picture, at once where that is offered, else one after the other.
- 448 × 448: the finer map of a picture that was explained at 224, as on the page: the probability is known.
- ort-*: the forward pass alone, since onnxruntime-web has no gradients in the browser.
- gradlens-worker: the package as it comes, with its worker and weights of 16 bits; the others have 32.
- *-2: in a page that is cross-origin isolated, with two threads.`;

/** What is compared with an earlier build, those of the columns that are times. */
const COMPARED = COLUMNS.filter(([, of]) => ['cold', 'warm', 'settled', 'next', 'many', 'fine'].includes(of));

/**
 * A contender's outcome.
 * @typedef {object} Result
 * @property {number} code bytes of code, compressed with brotli
 * @property {(import('./measure/visit.mjs').Visit & { round: number })[]} visits one a round
 * @property {string[]} errors of visits that failed
 * @property {number[]} otherCores how many cores other programs used before each visit
 */

/**
 * @param {Map<string, Result>} results
 * @param {{ date: string, machine: string, browser: string, rounds: number, otherCores: number }} conditions
 */
export function table(results, { date, machine, browser, rounds, otherCores }) {
  return `# gradlens and its peers

${INTRODUCTION}

${date}, ${machine}, ${browser} (WebGPU and WebGL on SwiftShader, that is on the CPU), rounds: ${rounds}.
Right before a visit other programs used ${otherCores} cores (median).

| | code, MB | ${COLUMNS.map(([title]) => title).join(' | ')} |
|---|---:|${'---:|'.repeat(COLUMNS.length)}
${Array.from(results, ([name, result]) => row(name, result)).join('\n')}
`;
}

/** @type {(name: string, result: Result) => string} */
function row(name, { code, visits, errors }) {
  if (visits.length === 0) return `| ${name} | failed: ${errors[0].split('\n')[0]} |${' |'.repeat(COLUMNS.length)}`;
  const cells = COLUMNS.map(([, of, text]) => text(visits.map((visit) => visit[of])));
  return `| ${[name, megabytes(code), ...cells].join(' | ')} |`;
}

/**
 * Each contender against the same of an earlier build.
 * @param {Map<string, Result>} results
 * @param {readonly import('./contenders.mjs').Contender[]} contenders
 */
export function comparison(results, contenders) {
  const pairs = contenders.filter(({ earlierOf }) => earlierOf !== null);
  return `
## Against the build before

The time as a share of that of the build before, within each round: the median of the rounds and, in brackets, between
which values the true median lies with 95 % confidence (from 6 rounds on).

| | rounds | ${COMPARED.map(([title]) => title).join(' | ')} |
|---|---:|${'---:|'.repeat(COMPARED.length)}
${pairs.map(({ name, earlierOf }) => compared(earlierOf, results.get(earlierOf), results.get(name))).join('\n')}
`;
}

/** @type {(name: string, now: Result, before: Result) => string} */
function compared(name, now, before) {
  // A round counts where both visits succeeded.
  const pairs = now.visits.flatMap((visit) => {
    const other = before.visits.find(({ round }) => round === visit.round);
    return other ? [[visit, other]] : [];
  });
  const cells = COMPARED.map(([, of]) =>
    ratioText(pairs.map(([visit, other]) => median([visit[of]].flat()) / median([other[of]].flat()))));
  return `| ${[name, pairs.length, ...cells].join(' | ')} |`;
}
