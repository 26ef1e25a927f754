// What the built package does without a browser.
import assert from 'node:assert/strict';
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

/** An explanation of this raw map. */
function explanation(raw, rawWidth, rawHeight, width, height) {
  return new built.Explanation({ raw: Float32Array.from(raw), rawWidth, rawHeight }, width, height);
}

test('a map is scaled with its samples at the centres of pixels', () => {
  const { map } = explanation([0, 4], 2, 1, 4, 2);
  assert.deepEqual([...map], [0, 0.25, 0.75, 1, 0, 0.25, 0.75, 1]);
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
