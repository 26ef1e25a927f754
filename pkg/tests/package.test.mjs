// What the built package does without a browser.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { test } from 'node:test';

const built = await import('../dist/index.js');

test('importing touches neither window nor network', () => {
  assert.equal(typeof built.load, 'function');
  assert.equal(typeof built.explain, 'function');
});

test('so does importing the entry for the calling thread', async () => {
  const direct = await import('../dist/direct.js');
  assert.deepEqual(Object.keys(direct).sort(), Object.keys(built).sort());
});

test('the version is the package\'s', async () => {
  const { default: manifest } = await import('../package.json', { with: { type: 'json' } });
  assert.equal(built.version, manifest.version);
});

/** An explanation of this raw map, of the whole picture unless said otherwise. */
function explanation(raw, rawWidth, rawHeight, width, height, area = { x: 0, y: 0, width, height }) {
  return new built.Explanation({ raw: Float32Array.from(raw), rawWidth, rawHeight, area }, width, height);
}

test('a map is scaled by a spline with its samples at the centres of pixels', () => {
  const { map } = explanation([0, 4], 2, 1, 4, 2);
  // With held edges it is t/2 + 3t²/2 - t³ between them.
  assert.deepEqual([...map], [0, 0.203125, 0.796875, 1, 0, 0.203125, 0.796875, 1]);
});

test('a map of its own size is only normalised', () => {
  const { map } = explanation([1, 2, 3, 4], 2, 2, 2, 2);
  assert.deepEqual([...map], [0.25, 0.5, 0.75, 1]);
});

test('a map without evidence is empty and zero', () => {
  const { isEmpty, map } = explanation([0, 0, 0, 0], 2, 2, 3, 3);
  assert.equal(isEmpty, true);
  assert.ok(map.every((value) => value === 0));
});

test('a picture smaller than the raw map gets a value of its own', () => {
  const { map } = explanation([0, 1, 1, 0], 2, 2, 1, 1);
  assert.deepEqual([...map], [0.5]);
});

test('a map of the middle of a picture is zero beside it', () => {
  const { map } = explanation([1, 2], 2, 1, 6, 2, { x: 2, y: 0, width: 2, height: 2 });
  assert.deepEqual([...map], [0, 0, 0.5, 1, 0, 0, 0, 0, 0.5, 1, 0, 0]);
});

test('of a map that reaches beyond a picture, what lies on it is shown', () => {
  const { map } = explanation([9, 1, 2, 10], 4, 1, 2, 1, { x: -1, y: 0, width: 4, height: 1 });
  assert.deepEqual([...map], [1 / 10, 2 / 10].map(Math.fround));
});

test('a pixel belongs to a map if its centre does', () => {
  const { map } = explanation([1], 1, 1, 4, 1, { x: 0.6, y: 0, width: 1.9, height: 1 });
  assert.deepEqual([...map], [0, 1, 1, 0]);
});

test('what cannot be a contract, a file or a label is refused before anything is loaded', async () => {
  const { load } = await import('../dist/direct.js');
  const rows = [
    [{ contract: 'imagenet' }, 'invalid-contract', /must be an object/],
    [{ contract: { std: [1, 1, 1] } }, 'invalid-contract', /no "std".*"deviation"/],
    [{ contract: { constructor: 1 } }, 'invalid-contract', /no "constructor"/],
    [{ contract: { mean: 127 } }, 'invalid-contract', /mean is 127.*three numbers/],
    [{ contract: { width: '224' } }, 'invalid-contract', /width is 224.*number of pixels/],
    [{ labels: [1] }, 'invalid-argument', /array of strings/],
    [{ model: 42 }, 'invalid-argument', /File or Blob/],
    [{ externalData: ['weights.data'] }, 'invalid-argument', /externalData/],
  ];
  for (const [options, code, message] of rows) {
    await assert.rejects(load(options), (error) => error.code === code && message.test(error.message), JSON.stringify(options));
  }
});

test('progress is told once a percent, and where a file is complete', async () => {
  const { load } = await import('../dist/direct.js');
  /** The steps in which an answer is read that comes in a thousand parts; what it holds is no model. */
  const stepsOf = async (headers) => {
    const steps = [];
    const parts = Array.from({ length: 1000 }, () => new Uint8Array(1000));
    const model = new Response(ReadableStream.from(parts), { headers });
    await assert.rejects(load({ backend: 'cpu', model, onProgress: (step) => steps.push(step) }));
    return steps.filter(({ phase, loaded }) => phase === 'model' && loaded > 0);
  };
  const known = await stepsOf({ 'content-length': '1000000' });
  assert.ok(known.length >= 50 && known.length <= 102, `${known.length} steps`);
  assert.ok(known.every(({ total }) => total === 1e6));
  assert.ok(known.slice(1).every(({ fraction }, at) => fraction >= known[at].fraction));
  assert.equal(known.at(-1).loaded, 1e6);
  const unknown = await stepsOf({});
  assert.ok(unknown.filter(({ total }) => total === null).length <= 6);
  assert.ok(unknown.some(({ loaded }) => loaded === 1e6));
});

test('what is said of an option names its default', async () => {
  const folder = new URL('../dist/', import.meta.url);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.d.ts'));
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, folder), 'utf8')));
  const options = /export interface (?:\w+(?:Options|Request)|WasmSources) [^]*?\n}/g;
  const described = /(?:\/\*\*((?:(?!\*\/)[^])*)\*\/\s*)?^ +(\w+)\?:/gm;
  const interfaces = texts.filter((text) => !text.includes('LastingSource')).flatMap((text) => text.match(options) ?? []);
  const found = interfaces.flatMap((text) => [...text.matchAll(described)]);
  assert.ok(found.length > 35, `${found.length} options`);
  assert.deepEqual(found.filter(([, said = '']) => !said.includes('default')).map(([, , name]) => name), []);
});
