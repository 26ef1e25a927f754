// Explanations by gradlens beside predictions by onnxruntime-web: node networks/run.mjs [--rounds N] FOLDER
//
// Each ONNX file of the folder runs on either in a browser of its own, one after the other in every round, with one
// thread. Writes build/bench/networks.json and networks.md, anew after each round.
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { servedBy } from '../contenders.mjs';
import { describeBrowser, launch } from '../measure/browser.mjs';
import { bundle } from '../measure/bundle.mjs';
import { describeMachine, quiet } from '../measure/machine.mjs';
import { startServer } from '../measure/server.mjs';
import { SIZE, prepare } from '../prepare/index.mjs';
import { median } from '../statistics.mjs';
import { table } from './report.mjs';
import { difference, visit } from './visit.mjs';

const root = new URL('../../', import.meta.url);
const build = new URL('build/bench', root).pathname;
const { GRADLENS_MODEL_F32 = new URL('build/model/efficientnet-lite0.f32.onnx', root).pathname } = process.env;

/** What page/pixels.js makes of a picture that has the size of the input. */
const CONTRACT = { channels: 'rgb', mean: [127, 127, 127], deviation: [128, 128, 128], resize: 'squash' };
/** How far answers may lie apart, as a share of the largest logit. */
const TOLERANCE = 1e-2;

const { rounds, folder, networks } = await options();

await mkdir(build, { recursive: true });
await prepare({ model: GRADLENS_MODEL_F32, root, data: `${build}/data` }, launch);
const server = await startServer(`${build}/data`);
const bundles = {
  'network-gradlens.js': await bundle('network-gradlens.js', `${build}/code`),
  'network-ort.js': await bundle('network-ort.js', `${build}/code`),
};
const conditions = { date: new Date().toISOString().slice(0, 10), machine: describeMachine(), browser: await describeBrowser() };
const otherCores = [];

/** @type {Map<string, import('./report.mjs').Result>} */
const results = new Map();
for (const name of networks) results.set(name, { bytes: (await stat(`${folder}/${name}`)).size, rounds: [], errors: [] });

let text = '';
for (let round = 0; round < rounds; round++) {
  console.error(`round ${round + 1} of ${rounds}`);
  const builtIn = await look('network-gradlens.js', null, {});
  // The two take turns in being first.
  for (const [at, name] of networks.entries()) await measure(name, round, (at + round) % 2 === 1, builtIn.memory);
  text = await write(round + 1);
}
server.stop();
console.log(text);
if ([...results.values()].some(({ errors }) => errors.length > 0)) process.exitCode = 1;

/** What was asked for; what cannot be done is said without a stack. */
async function options() {
  try {
    const { values, positionals } = parseArgs({ options: { rounds: { type: 'string', default: '5' } }, allowPositionals: true });
    const { rounds } = values;
    if (!/^[1-9]\d*$/.test(rounds)) throw new Error(`--rounds is ${rounds}; it must be a whole number of at least 1`);
    if (positionals.length !== 1) throw new Error('one folder of ONNX files must be named');
    const [folder] = positionals;
    const networks = (await readdir(folder)).filter((name) => name.endsWith('.onnx')).sort();
    if (networks.length === 0) throw new Error(`${folder} has no ONNX file`);
    return { rounds: Number(rounds), folder, networks };
  } catch ({ message }) {
    console.error(message);
    process.exit(2);
  }
}

/** Visits a network on both and notes what comes of it. */
async function measure(name, round, predictsFirst, builtIn) {
  const result = results.get(name);
  const explain = () => look('network-gradlens.js', name, { contract: CONTRACT });
  const predict = () => look('network-ort.js', name, {});
  try {
    let predicted = predictsFirst ? await predict() : null;
    const explained = await explain();
    predicted ??= await predict();
    const off = difference(explained.answers, predicted.answers);
    if (!(off < TOLERANCE)) throw new Error(`the answers differ by ${off.toExponential(1)} of the largest logit`);
    const { layer } = explained.answers[0];
    const [ours, theirs] = [explained, predicted].map((each) => figures(each, builtIn));
    result.rounds.push({ round, explained: ours, predicted: theirs, difference: off, layer });
    console.error(`${name}: explained ${median(explained.warm).toFixed(0)} ms, predicted ${median(predicted.warm).toFixed(0)} ms, difference ${off.toExponential(1)}`);
  } catch (error) {
    result.errors.push(String(error));
    console.error(`${name}: ${error}`);
  }
}

/** A visit without its answers; its memory above that of the page with the built-in network. */
function figures({ answers, memory, ...times }, builtIn) {
  return { ...times, memory: memory === null ? null : memory - builtIn };
}

/** One visit to a network, or to that of the package. */
async function look(module, name, config) {
  otherCores.push(await quiet());
  const weights = name && `/networks/${encodeURIComponent(name)}`;
  const served = { ...servedBy[module], '/networks/': folder };
  server.serve({ harness: 'networks.js', config, weights, served, isolated: false }, bundles[module], { size: SIZE });
  return visit(server.url);
}

async function write(rounds) {
  const all = { ...conditions, rounds, otherCores: Number(median(otherCores).toFixed(2)) };
  const text = table(results, all);
  await writeFile(`${build}/networks.json`, JSON.stringify({ conditions: all, results: Object.fromEntries(results) }, null, 1));
  await writeFile(`${build}/networks.md`, text);
  return text;
}
