// What is compared. A contender's module in page/ exports
//
//   setup(config, weights)     starts it, from the bytes of its weight file; answers with a few words
//   explain(picture, classIdx) the raw map of an ImageData, a Float32Array
//   next(classIdx)             another class of the same picture
//   many(picture, classes)     optional: the maps of several classes at once
//   fine(picture, classIdx)    optional: the map of a larger picture
//   forward(picture)           in place of all these: the logits, where there are no gradients
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {string} module in page/
 * @property {object} config for `setup`
 * @property {string | null} weights its weight file; null where it fetches its own
 * @property {Record<string, string>} served folders with what it loads while it runs, by URL
 * @property {boolean} isolated whether the page is cross-origin isolated, as threads need it
 * @property {string | null} earlierOf the contender whose earlier build this is
 * @property {number} tolerance how far a map may lie from the reference, as a share of its maximum
 */

/** What rounding may change in 32 bits, and what gradlens's weights of 16 bits may. */
const [EXACT, SHIPPED] = [1e-3, 3e-2];

const module = (name) => dirname(fileURLToPath(import.meta.resolve(name)));
const package_ = fileURLToPath(new URL('../pkg', import.meta.url));
const tfjsWasm = { '/static/tfjs-backend-wasm/': module('@tensorflow/tfjs-backend-wasm') };
const ort = { '/static/ort/': module('onnxruntime-web') };
const gradlens = { '/static/gradlens/': package_ };
const model = '/data/model.onnx';

/** @type {(name: string, module: string, config: object, more?: Partial<Contender>) => Contender} */
const contender = (name, module, config, more = {}) =>
  ({ name, module, config, weights: 'weights.hwio.bin', served: {}, isolated: false, earlierOf: null, tolerance: EXACT, ...more });

/** What the modules for networks of any kind load while they run (see networks/). */
export const servedBy = { 'network-gradlens.js': gradlens, 'network-ort.js': ort };

/** @type {readonly Contender[]} */
export const contenders = [
  contender('gradlens-cpu', 'gradlens.js', { backend: 'cpu', entry: 'direct', model }, { served: gradlens, weights: null }),
  contender('gradlens-worker', 'gradlens.js', { backend: 'cpu', entry: 'index' }, { served: gradlens, weights: null, tolerance: SHIPPED }),
  contender('gradlens-worker-2', 'gradlens.js', { backend: 'cpu', entry: 'index' }, { served: gradlens, weights: null, isolated: true, tolerance: SHIPPED }),
  contender('gradlens-webgpu', 'gradlens.js', { backend: 'webgpu', entry: 'direct', model }, { served: gradlens, weights: null }),
  contender('tfjs-wasm', 'tfjs-wasm.js', { threads: 1 }, { served: tfjsWasm }),
  contender('tfjs-wasm-2', 'tfjs-wasm.js', { threads: 2 }, { served: tfjsWasm, isolated: true }),
  contender('tfjs-webgl', 'tfjs-webgl.js', {}),
  contender('tfjs-webgpu', 'tfjs-webgpu.js', {}),
  contender('jax-wasm', 'jax.js', { backend: 'wasm', form: 'channels-last' }),
  contender('jax-webgpu', 'jax.js', { backend: 'webgpu', form: 'channels-last' }),
  contender('jax-webgpu-as-written', 'jax.js', { backend: 'webgpu', form: 'as-written' }, { weights: 'weights.oihw.bin' }),
  contender('ort-wasm', 'ort-wasm.js', { backend: 'wasm', threads: 1 }, { served: ort, weights: 'model.onnx' }),
  contender('ort-wasm-2', 'ort-wasm.js', { backend: 'wasm', threads: 2 }, { served: ort, weights: 'model.onnx', isolated: true }),
  contender('ort-webgpu', 'ort-webgpu.js', { backend: 'webgpu', threads: 1 }, { served: ort, weights: 'model.onnx' }),
];

/** Whether it is the package as it comes, with its own network, so that an earlier build can do the same. */
const asItComes = ({ config }) => config.entry === 'index';

/** @type {(contender: Contender, folder: string) => Contender} */
const earlier = (contender, folder) => ({
  ...contender,
  name: contender.name.replace('gradlens', 'before'),
  served: { '/static/gradlens/': resolve(folder) },
  earlierOf: contender.name,
});

/**
 * The contenders of these names, all where none is given.
 * @param {readonly string[]} names
 * @param {string} before the folder of an earlier build of the package, or empty: each that it can stand beside is
 * followed by it then, and without names there are no others
 */
export function chosen(names, before) {
  const unknown = names.filter((name) => !contenders.some((each) => each.name === name));
  if (unknown.length > 0) {
    throw new Error(`there is no contender ${unknown.join(', ')}; the contenders are ${contenders.map(({ name }) => name).join(', ')}`);
  }
  const named = names.length > 0 ? contenders.filter(({ name }) => names.includes(name)) : contenders;
  return before === '' ? named : beside(before, names.length > 0 ? named : named.filter(asItComes));
}

/** @type {(before: string, some: readonly Contender[]) => Contender[]} */
function beside(before, some) {
  if (!existsSync(`${before}/dist/index.js`)) throw new Error(`${before} is no built package: it has no dist/index.js`);
  if (!some.some(asItComes)) {
    throw new Error(`an earlier build runs beside ${contenders.filter(asItComes).map(({ name }) => name).join(' and ')} only`);
  }
  return some.flatMap((each) => (asItComes(each) ? [each, earlier(each, before)] : [each]));
}
