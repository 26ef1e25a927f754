// Where the true preset of a network comes in the page's list of what each preset has it see:
//
//   node tests/presets/measure.mjs [NETWORK...]
//
// of ten photos each, for the networks of networks.mjs; needs the built package, and the trained networks that do not come
// with the project.
import { readdir } from 'node:fs/promises';
import { load, readPicture } from '../../pkg/dist/direct.js';
import { answersTo, judge, known } from '../../www/network/judge.js';
import { partsOf, presetGroups } from '../../www/network/presets.js';
import { mirrored, viewsOf } from '../../www/network/views.js';
import { networks, ofTwo } from './networks.mjs';

const root = new URL('../../', import.meta.url);
const models = new URL('../shared/models/', root);
const samples = new URL('www/samples/', root);
const names = ['cat.webp', 'chelsea.png', 'chicken.webp', 'coffee.png', 'cow.webp', 'crocodile.webp', 'duck.webp', 'giraffe.webp', 'horse.webp', 'jaguar.webp'];

const read = (files) => Promise.all(files.map((file) => readPicture(new URL(file, samples))));
const photos = (await read(names)).map(viewsOf);
const others = (await read(Object.keys(known).map((id) => `thumbs/${id}.webp`))).map((photo) => [photo, mirrored(photo)]);

/** The files of a network: one, or those of a folder. */
async function filesOf(name) {
  const folder = new URL(`${name}/`, models);
  const inside = await readdir(folder).catch(() => null);
  return inside ? inside.map((file) => new URL(file, folder)) : [new URL(`${name}.onnx`, models)];
}

/** The place of the true preset in the list for each photo, from 1. */
async function placesOf(name, preset) {
  const explainer = await load({ backend: 'cpu', files: await filesOf(name) });
  const trials = photos.map(() => []);
  for (const presets of presetGroups) {
    const { resize, ...values } = partsOf(presets[0], explainer.model.contract.channels);
    await explainer.setContract(values);
    const ofOthers = await each(others, (views) => answersTo(explainer, views));
    const ofPhotos = await each(photos, (views) => answersTo(explainer, views));
    for (const [at, answers] of ofPhotos.entries()) trials[at].push({ presets, ...judge([answers, ...ofOthers]) });
  }
  explainer.dispose();
  return trials.map((trial) => 1 + trial.sort((a, b) => b.score - a.score).findIndex(({ presets }) => presets.includes(preset)));
}

async function each(values, task) {
  const results = [];
  for (const value of values) results.push(await task(value));
  return results;
}

const asked = process.argv.slice(2);
const all = Object.entries({ ...networks, ...ofTwo }).filter(([name]) => asked.length === 0 || asked.includes(name));
let [counted, early] = [0, 0];
console.log(`| network | its preset | place in the list, for ${photos.length} photos | first or second |`);
console.log('|---|---|---|---:|');
for (const [name, preset] of all) {
  const places = await placesOf(name, preset);
  const first = places.filter((place) => place <= 2).length;
  if (name in networks) [counted, early] = [counted + places.length, early + first];
  console.log(`| ${name} | ${preset} | ${places.join(' ')} | ${first} |`);
}
console.log(`\nOf three classes or more: first or second in ${early} of ${counted}.`);
