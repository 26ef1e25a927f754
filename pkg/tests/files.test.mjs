// Sets of files: which of them is what, archives and their limits, labels in each form.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { file, text, zip } from './support/network.mjs';

const { load } = await import('../dist/direct.js');

const network = () => file('own_files/norm_pad_div.onnx');

/** A FileList is one, with numbers for keys. */
const list = (files) => Object.assign(Object.create({ item: () => null }), { ...files, length: files.length });

async function labelsOf(...beside) {
  const explainer = await load({ backend: 'cpu', files: [...beside, await network()] });
  explainer.dispose();
  return [explainer.labels, explainer.model.contract.sources.labels];
}

async function assertRefused(files, code, message, options = {}) {
  await assert.rejects(load({ backend: 'cpu', files, ...options }), (error) => {
    assert.deepEqual([error.code, message.test(error.message)], [code, true], `${message}: ${error.code} ${error.message}`);
    return true;
  });
}

const names = ['cat', 'dog', 'hen, the', 'owl', 'fox', 'ant', 'bee', 'elk', 'gnu', 'yak'];
/** A line for each. */
const lines = (line, end = '\n') => names.map(line).join(end);
const quoted = (name) => (name.includes(',') ? `"${name}"` : name);

test('labels are read in every form', async () => {
  const forms = [
    text('labels.txt', `${lines((name, at) => `${at} ${name}`, '\r\n')}\r\n`),
    text('classes.txt', names.join('\n')),
    text('labels.csv', `index,label\n${lines((name, at) => `${at},${quoted(name)}`)}\n`),
    text('labels.csv', `class_id;display_name\n${lines((name, at) => `${at};${quoted(name)}`)}`),
    text('labels.csv', lines((name) => `"${name}"`)),
    text('labels.json', names),
    text('class_to_idx.json', Object.fromEntries(names.map((name, at) => [name, at]).toReversed())),
    text('class_index.json', Object.fromEntries(names.map((name, at) => [at, [`n${at}`, name]]))),
    text('labels.json', `\ufeff${JSON.stringify(Object.fromEntries(names.entries()))}`),
    text('config.json', { id2label: Object.fromEntries(names.entries()) }),
  ];
  for (const form of forms) assert.deepEqual(await labelsOf(form), [names, 'read'], await form.text());
});

test('of several that say the same the later one counts, and a text of labels most', async () => {
  const other = names.map((name) => `a ${name}`);
  const json = text('config.json', { id2label: Object.fromEntries(other.entries()) });
  assert.deepEqual((await labelsOf(text('a.json', names), json))[0], other);
  assert.deepEqual((await labelsOf(text('labels.txt', names.join('\n')), json))[0], names);
});

test('other files of a folder do not matter', async () => {
  const files = [
    text('README.md', '# A network'), text('LICENSE.txt', 'MIT'), text('requirements.txt', 'torch'), text('tokenizer.json', {}),
    text('.DS_Store', 'x'), text('pytorch_model.safetensors', 'x'), text('photo.jpg', 'x'), text('labels.json', names), await network(),
  ];
  for (const each of [files, list(files), await zip('net.zip', files)]) {
    const { labels } = await load({ backend: 'cpu', files: each });
    assert.deepEqual(labels, names);
  }
});

test('a model given apart takes what lies beside it', async () => {
  const files = [text('labels.json', names), text('another.onnx', 'x')];
  const { labels } = await load({ backend: 'cpu', model: await network(), files });
  assert.deepEqual(labels, names);
});

test('sets of which no network comes say what they are', async () => {
  const model = await network();
  await assertRefused([model, new File([model], 'b.onnx')], 'invalid-files', /"norm_pad_div.onnx", "b.onnx"/);
  await assertRefused([text('labels.txt', 'a\nb')], 'invalid-files', /no network among the files "labels.txt"/);
  await assertRefused([model, text('config.json', '{"license": "MIT"}')], 'invalid-contract', /"config.json".*preprocessor_config.json/);
  await assertRefused([model, text('config.json', '{')], 'invalid-contract', /"config.json" .* no JSON/);
  for (const none of [[], 7, null, new Uint8Array(2)]) await assertRefused(none, 'invalid-argument', /FileList/);
  await assertRefused([new Blob(['a'])], 'invalid-argument', /no name.*new File/);
});

test('a file of something else is named, with the lines that export it', async () => {
  const torch = await zip('resnet.pth', [text('archive/data.pkl', 'x')]);
  const keras = await zip('net.keras', [text('model.weights.h5', 'x'), text('metadata.json', 'x')]);
  const rows = [
    [torch, /PyTorch.*\nmodel\.load_state_dict\(.*\ntorch\.onnx\.export\(/],
    [new File([torch], 'net.zip'), /PyTorch/],
    [keras, /Keras.*\nmodel = keras.*\nmodel\.export\(/],
    [new File(['\x89HDF\r\n\x1a\n'.split('').map((c) => Uint8Array.of(c.charCodeAt(0)))].flat(), 'net.h5'), /Keras/],
    [new File([Uint8Array.of(28, 0, 0, 0), 'TFL3'], 'net.tflite'), /Lite.*\npip.*\n.*--tflite/],
    [new File([Uint8Array.of(0x40, 1, 0, 0, 0, 0, 0, 0), '{"w":{}}'], 'net.safetensors'), /safetensors.*\n.*\ntorch/],
    [new File([Uint8Array.of(8, 1, 0x12, 0xf0, 1, 10, 5)], 'saved_model.pb'), /TensorFlow.*\n.*\n.*--saved-model/],
  ];
  // Beside it may lie its configuration, which is no reason to take it for another.
  for (const [each, message] of rows) await assertRefused([each, text('config.json', { id2label: { 0: 'a' } })], 'invalid-model', message);
});

test('an archive is opened within limits', async () => {
  const model = await network();
  const forged = (change) => zip('net.zip', [model], (entry) => ({ ...entry, ...change(entry) }));
  await assertRefused(new File(['no archive'], 'net.zip'), 'invalid-files', /"net.zip" is no zip archive/);
  await assertRefused(await zip('net.zip', Array.from({ length: 1001 }, (_, at) => text(`${at}.txt`, ''))), 'invalid-files', /1001 files.*1000/);
  await assertRefused(await forged(() => ({ size: 3e9 })), 'invalid-files', /3000 MB/);
  await assertRefused(await forged(({ packed }) => ({ size: 200 * packed + 2 ** 25 })), 'invalid-files', /unpacks to/);
  await assertRefused(await forged(({ size }) => ({ size: size - 100 })), 'invalid-files', /cannot be unpacked/);
  await assertRefused(await forged(() => ({ flags: 1 })), 'invalid-files', /encrypted|cannot be unpacked/);
  for (const name of ['../net.onnx', 'a/../../net.onnx', '/net.onnx', '..\\net.onnx', 'C:\\net.onnx', 'a\0.onnx']) {
    await assertRefused(await forged(() => ({ name })), 'invalid-files', /./);
  }
});

test('a zero-filled file that grows a thousandfold is not unpacked', async () => {
  const bomb = new File([new Uint8Array(2 ** 25)], 'net.onnx');
  await assertRefused(await zip('net.zip', [bomb]), 'invalid-files', /34 MB/);
});
