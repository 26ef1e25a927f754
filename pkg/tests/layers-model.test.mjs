// Layers models of TensorFlow.js, whose own answers are beside them.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { file, picture, text, zip } from './support/network.mjs';

const { load } = await import('../dist/direct.js');

const folder = 'layers_models/';
const parse = async (each) => JSON.parse(await each.text());
/** What `branching` sees of a picture; `plain` says it itself. */
const contracts = { plain: {}, branching: { mean: [127.5, 127.5, 127.5], deviation: [127.5, 127.5, 127.5] } };

/** The probabilities by class. */
async function probabilities(files, contract, size) {
  const explainer = await load({ backend: 'cpu', files, contract });
  const predictions = await explainer.classify(picture(size), 100);
  explainer.dispose();
  return predictions.sort((a, b) => a.classIdx - b.classIdx).map(({ probability }) => probability);
}

function assertClose(found, expected) {
  assert.equal(found.length, expected.length);
  found.forEach((value, at) => assert.ok(Math.abs(value - expected[at]) < 1e-5, `${found} is not ${expected}`));
}

for (const [name, contract] of Object.entries(contracts)) {
  test(`${name} answers as in TensorFlow.js`, async () => {
    const expected = await parse(await file(`${folder}${name}.expected.json`));
    const files = [await file(`${folder}${name}.json`, 'model.json'), await file(`${folder}${name}.bin`)];
    assertClose(await probabilities(files, contract, expected), expected.probabilities);
  });
}

test('a network as Keras 3 writes its graph, in shards, in a folder of an archive', async () => {
  const expected = await parse(await file(`${folder}branching.expected.json`));
  const model = await parse(await file(`${folder}branching.json`));
  const keras3 = (config) => {
    for (const layer of config.layers) {
      layer.inbound_nodes = layer.inbound_nodes.map((node) => ({ args: [node.map(([name, at]) => ({ class_name: '__keras_tensor__', config: { keras_history: [name, at, 0] } }))], kwargs: {} }));
      if (layer.config.layers) keras3(layer.config);
    }
    // A list need not be in order.
    config.layers.reverse();
  };
  keras3((model.modelTopology.model_config ?? model.modelTopology).config);
  const weights = Buffer.from(await (await file(`${folder}branching.bin`)).arrayBuffer());
  const [manifest] = model.weightsManifest;
  manifest.paths = ['shard1of2.bin', 'shard2of2.bin'];
  const shards = [weights.subarray(0, 1001), weights.subarray(1001)].map((part, at) => new File([part], manifest.paths[at]));
  const archive = await zip('net.zip', [...shards, text('model.json', model)], (entry) => ({ ...entry, name: `net/${entry.name}` }));
  assertClose(await probabilities(archive, contracts.branching, expected), expected.probabilities);
});

const [scale, min] = [2 ** -12, -4];
/** Numbers in 16 bits. */
const quantisations = {
  uint16: (value) => Math.round((value - min) / scale),
  float16: (value) => {
    const exponent = Math.max(-14, Math.floor(Math.log2(Math.abs(value))));
    const fraction = Math.round((Math.abs(value) / 2 ** exponent) * 1024);
    // Below 2^-14 there is no leading one.
    return (value < 0 ? 0x8000 : 0) + (fraction < 1024 ? fraction : ((exponent + 15) << 10) + fraction - 1024);
  },
};
for (const [dtype, stored] of Object.entries(quantisations)) {
  test(`weights as ${dtype} are read`, async () => {
    const expected = await parse(await file(`${folder}plain.expected.json`));
    const model = await parse(await file(`${folder}plain.json`));
    const weights = Buffer.from(await (await file(`${folder}plain.bin`)).arrayBuffer());
    const values = Uint16Array.from({ length: weights.length / 4 }, (_, at) => stored(weights.readFloatLE(4 * at)));
    for (const weight of model.weightsManifest[0].weights) weight.quantization = { dtype, scale, min };
    const found = await probabilities([text('model.json', model), new File([values], 'plain.bin')], {}, expected);
    found.forEach((value, at) => assert.ok(Math.abs(value - expected.probabilities[at]) < 2e-3, `${found}`));
  });
}

test('its labels and its contract are of metadata.json, and its layers are named as they were', async () => {
  const metadata = text('metadata.json', { tmVersion: '2.4.5', labels: ['a', 'b', 'c', 'd'], imageSize: 16 });
  const files = [metadata, await file(`${folder}branching.bin`), await file(`${folder}branching.json`, 'model.json')];
  const { labels, layers, model } = await load({ backend: 'cpu', files });
  assert.deepEqual(labels, ['a', 'b', 'c', 'd']);
  assert.deepEqual(model.warnings, []);
  const { width, height, layout, resize, sources } = model.contract;
  assert.deepEqual([width, height, layout, resize, sources.normalisation], [16, 16, 'nhwc', 'crop 1', 'read']);
  const names = layers.map(({ name }) => name);
  for (const name of ['shared', 'shared_2', 'concatenate_Concatenate1']) assert.ok(names.includes(name), `${name} in ${names}`);
});

test('what cannot be turned into ONNX is said by its name', async () => {
  const change = async (change) => {
    const model = await parse(await file(`${folder}plain.json`));
    change(model, (model.modelTopology.model_config ?? model.modelTopology).config.layers);
    return load({ backend: 'cpu', files: [text('model.json', model), await file(`${folder}plain.bin`)] });
  };
  const named = (layers, type) => layers.find((layer) => layer.class_name === type);
  const rows = [
    [(_, layers) => (named(layers, 'MaxPooling2D').class_name = 'LSTM'), 'unsupported-model', /"max_pooling2d\w+" \(LSTM\).*"Conv2D"/],
    [(_, layers) => (named(layers, 'Conv2D').config.activation = 'mish'), 'unsupported-model', /"conv2d\w+".*"mish".*"relu6"/],
    [(_, layers) => (named(layers, 'Conv2D').config.data_format = 'channels_first'), 'unsupported-model', /channels are first/],
    [(_, layers) => (named(layers, 'BatchNormalization').config.axis = 1), 'unsupported-model', /axis is 1/],
    [(model) => (model.format = 'graph-model'), 'unsupported-model', /graph model.*\npip install tf2onnx\n/],
    [(model) => (model.weightsManifest[0].weights[0].name = 'other/kernel'), 'invalid-model', /"conv2d\w+" has no "kernel"/],
    [(model) => model.weightsManifest[0].weights.push({ name: 'x', shape: [99], dtype: 'float32' }), 'invalid-model', /"x" ends at byte/],
    [(model) => (model.weightsManifest[0].paths = ['lost.bin']), 'missing-data', /"lost.bin"/],
    [(model) => (model.modelTopology = {}), 'invalid-model', /damaged/],
    [(model) => (model.weightsManifest = {}), 'invalid-model', /weightsManifest/],
  ];
  for (const [forge, code, message] of rows) {
    await assert.rejects(change(forge), (error) => error.code === code && message.test(error.message) || assert.fail(`${message}: ${error}`));
  }
});

const machine = new URL('../../../shared/models/teachable_machine/', import.meta.url);

test('a Teachable Machine export opens as it is, and answers as in TensorFlow.js', { skip: !existsSync(machine) && 'it does not come with the project' }, async () => {
  const files = await Promise.all(['weights.bin', 'metadata.json', 'model.json'].map(async (name) => new File([await readFile(new URL(name, machine))], name)));
  const expected = [0.008063213, 0.043464821, 0.285653114, 0.029428545, 0.001966218, 0.545120955, 0.076953329, 0.004596604, 0.004753201];
  const data = Uint8ClampedArray.from({ length: 4 * 224 * 224 }, (_, at) => (at % 4 === 3 ? 255 : (at * 37 + Math.floor(at / 896) * 11) % 251));
  for (const given of [files, await zip('converted_keras.zip', files)]) {
    const explainer = await load({ backend: 'cpu', files: given });
    const predictions = await explainer.classify({ data, width: 224, height: 224 }, 9);
    assert.equal(predictions[0].label, 'Cow');
    for (const { classIdx, probability } of predictions) assert.ok(Math.abs(probability - expected[classIdx]) < 1e-5);
    assert.deepEqual(explainer.model.warnings, []);
  }
});
