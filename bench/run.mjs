// gradlens beside its peers: node run.mjs [--rounds N] [--only NAME,NAME] [--before FOLDER]
//
// Each contender runs in a browser of its own, all of them in turn in every round, so that what the
// machine does meanwhile falls on all alike. With --before, the folder of an earlier build of the package, that
// build runs beside this one. Writes build/bench/results.json and table.md.
import { mkdir, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { chosen } from './contenders.mjs';
import { describeBrowser, launch } from './measure/browser.mjs';
import { bundle } from './measure/bundle.mjs';
import { describeMachine, quiet } from './measure/machine.mjs';
import { startServer } from './measure/server.mjs';
import { compressedSize } from './measure/size.mjs';
import { visit } from './measure/visit.mjs';
import { FINE_SIZE, SIZE, prepare } from './prepare/index.mjs';
import { comparison, table } from './report.mjs';
import { median } from './statistics.mjs';

const root = new URL('../', import.meta.url);
const build = new URL('build/bench', root).pathname;
const { GRADLENS_MODEL_F32 = new URL('build/model/efficientnet-lite0.f32.onnx', root).pathname } = process.env;

const { rounds, contenders, before } = options();

await mkdir(build, { recursive: true });
const expected = await prepare({ model: GRADLENS_MODEL_F32, root, data: `${build}/data` }, launch);
const config = { size: SIZE, fineSize: FINE_SIZE, classes: expected.pictures.map(({ classes }) => classes) };
const server = await startServer(`${build}/data`);
const bundles = new Map();
for (const { module } of contenders) bundles.set(module, await bundle(module, `${build}/code`));

/** @type {Map<string, import('./report.mjs').Result>} */
const results = new Map(contenders.map(({ name }) => [name, { code: 0, visits: [], errors: [], otherCores: [] }]));

for (let round = 0; round < rounds; round++) {
  console.error(`round ${round + 1} of ${rounds}`);
  for (const contender of inOrder(round)) await measure(contender, round);
}
server.stop();

const others = median([...results.values()].flatMap(({ otherCores }) => otherCores));
const conditions = {
  date: new Date().toISOString().slice(0, 10),
  machine: describeMachine(),
  browser: await describeBrowser(),
  rounds,
  otherCores: Number(others.toFixed(2)),
};
const text = table(results, conditions) + (before ? comparison(results, contenders) : '');
await writeFile(`${build}/results.json`, JSON.stringify({ conditions, results: Object.fromEntries(results) }, null, 1));
await writeFile(`${build}/table.md`, text);
console.log(text);
if ([...results.values()].some(({ errors }) => errors.length > 0)) process.exitCode = 1;

/** What was asked for; what cannot be done is said without a stack. */
function options() {
  const texts = {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    before: { type: 'string', default: '' },
  };
  try {
    const { rounds, only, before } = parseArgs({ options: texts }).values;
    if (!/^[1-9]\d*$/.test(rounds)) throw new Error(`--rounds is ${rounds}; it must be a whole number of at least 1`);
    return { rounds: Number(rounds), contenders: chosen(only.split(',').filter(Boolean), before), before };
  } catch ({ message }) {
    console.error(message);
    process.exit(2);
  }
}

/**
 * The contenders as they take turns in a round: another one begins each. Beside an earlier build every other round goes
 * backwards instead, so that the two of a pair stay next to each other.
 */
function inOrder(round) {
  if (before) return round % 2 ? contenders.toReversed() : contenders;
  const first = round % contenders.length;
  return [...contenders.slice(first), ...contenders.slice(0, first)];
}

/** Visits a contender and notes what comes of it. */
async function measure(contender, round) {
  const { name, module, tolerance } = contender;
  const result = results.get(name);
  result.otherCores.push(await quiet());
  server.serve(contender, bundles.get(module), config);
  try {
    const found = await visit(server.url, expected);
    const { cold, warm, difference } = found;
    if (!(difference < tolerance)) throw new Error(`a map differs from the reference by ${difference.toExponential(1)}`);
    result.visits.push({ round, ...found });
    console.error(`${name}: cold ${cold.toFixed(0)} ms, warm ${median(warm).toFixed(0)} ms, difference ${difference.toExponential(1)}`);
  } catch (error) {
    result.errors.push(String(error));
    console.error(`${name}: ${error}`);
  }
  result.code ||= await codeSize();
}

async function codeSize() {
  let bytes = 0;
  for (const file of server.code()) bytes += await compressedSize(file, `${build}/sizes.json`);
  return bytes;
}
