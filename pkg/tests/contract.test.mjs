// A contract that changes after loading.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { file, text } from './support/network.mjs';

const { Explainer, load } = await import('../dist/direct.js');

const network = () => file('own_files/norm_pad_div.onnx');
const names = Array.from({ length: 10 }, (_, at) => `name ${at}`);

test('the contract changes without loading anew', async () => {
  const explainer = await load({ backend: 'cpu', files: [await network(), text('labels.json', names)] });
  const { contract, warnings } = explainer.model;
  const { width, height } = contract;
  const picture = { width, height, data: Uint8ClampedArray.from({ length: 4 * width * height }, (_, at) => (at % 4 === 3 ? 255 : (at * 37) % 251)) };
  const before = await explainer.classify(picture, 10);
  const changed = { mean: [127.5, 127.5, 127.5], deviation: [127.5, 127.5, 127.5], channels: 'bgr', resize: 'squash' };
  assert.ok(warnings.some((warning) => warning.includes('red, green and blue')), String(warnings));
  await explainer.setContract(changed, names.toReversed());
  const fresh = await load({ backend: 'cpu', model: await network(), contract: changed, labels: names.toReversed() });
  assert.deepEqual(explainer.model, fresh.model);
  assert.deepEqual(await explainer.classify(picture, 10), await fresh.classify(picture, 10));
  assert.notDeepEqual(await explainer.classify(picture, 10), before);
  assert.ok(!explainer.model.warnings.some((warning) => /channels|squeezed/.test(warning)), String(explainer.model.warnings));
  const refused = [
    [[{ layout: contract.layout === 'nchw' ? 'nhwc' : 'nchw' }], 'invalid-model'],
    [[{ width: 0, height: 0 }], 'invalid-contract'],
    [[{}, ['one']], 'invalid-argument'],
    [[{ std: 1 }], 'invalid-contract'],
  ];
  for (const [args, code] of refused) {
    await assert.rejects(explainer.setContract(...args), (error) => error.code === code || assert.fail(`${code}: ${error.code} ${error.message}`));
    assert.deepEqual(explainer.model, fresh.model);
    assert.deepEqual(explainer.labels, names.toReversed());
  }
  await explainer.setContract({});
  assert.deepEqual([explainer.model.contract, explainer.labels], [contract, names]);
  assert.deepEqual(await explainer.classify(picture, 10), before);
});

/** An engine that notes the contracts that it is told. */
function engine(backend, successor = null) {
  const told = [];
  const info = { backend, fallbackReason: null, successor, labels: ['cat', 'dog'], model: { layers: [] } };
  return { told, info, setContract: async (given) => void told.push(given), ask: async () => [], dispose: () => undefined };
}

const pixel = { data: new Uint8ClampedArray(4), width: 1, height: 1 };

test('an engine that takes over takes the contract over, and labels stay those that load was given', async () => {
  const [first, next] = [engine('cpu', 'webgpu'), engine('webgpu')];
  const explainer = Explainer.of({ engine: first, load: async () => next, labels: ['a', 'b'] });
  const calls = [explainer.classify(pixel), explainer.setContract({ channels: 'bgr' }), explainer.classify(pixel)];
  await Promise.all(calls);
  while (explainer.backend === 'cpu') await explainer.classify(pixel);
  const given = { channels: 'bgr', labels: ['a', 'b'] };
  assert.deepEqual([first.told, next.told], [[given], [given]]);
});

test('so does one in place of a GPU that was lost', async () => {
  const [lost, next] = [engine('webgpu'), engine('cpu')];
  const explainer = Explainer.of({ engine: lost, load: async () => next });
  await explainer.setContract({ resize: 'squash' }, ['x', 'y']);
  lost.ask = async () => Promise.reject(Object.assign(new Error('gone'), { code: 'device-error' }));
  await explainer.classify(pixel);
  assert.deepEqual(next.told, [{ resize: 'squash', labels: ['x', 'y'] }]);
});

test('one that cannot take the contract does not take over', async () => {
  const [first, next] = [engine('cpu', 'webgpu'), engine('webgpu')];
  next.setContract = async () => Promise.reject(new Error('too large for it'));
  const explainer = Explainer.of({ engine: first, load: async () => next });
  await explainer.setContract({ width: 512, height: 512 });
  while (explainer.fallbackReason === null) await explainer.classify(pixel);
  assert.deepEqual([explainer.backend, explainer.fallbackReason], ['cpu', 'too large for it']);
});
