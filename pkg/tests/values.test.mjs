// What the package takes and gives where there is no page: behind Vue's proxies, of Node, of another context.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { reactive, readonly, ref } from '@vue/reactivity';

const { DetectedObject, Explainer, Explanation, FaithfulnessSummary, GradlensError, load } = await import('../dist/direct.js');

const raw = (extra = {}) => ({
  classIdx: 1, label: 'dog', probability: 0.5, logit: 2, method: 'cam', layer: 'head', backend: 'cpu',
  raw: Float32Array.of(0, 4), rawWidth: 2, rawHeight: 1, area: { x: 0, y: 0, width: 4, height: 2 }, ...extra,
});
const explanation = () => Explanation.of(raw(), 4, 2);

/** An explainer that notes what its network is asked. */
function recorded() {
  const asked = [];
  const answers = { explainMany: [raw()], classify: [{ classIdx: 1, label: 'dog', probability: 0.5 }] };
  const engine = {
    info: { backend: 'cpu', fallbackReason: null, successor: null, labels: ['cat', 'dog'], model: { layers: [] } },
    ask: async (_call, question, ...about) => {
      asked.push([question, ...about]);
      return answers[question];
    },
    dispose: () => asked.push(['dispose']),
  };
  return { asked, explainer: Explainer.of({ engine, load: async () => engine }) };
}

const picture = { data: new Uint8ClampedArray(32).fill(7), width: 4, height: 2 };

for (const [name, wrap] of Object.entries({ reactive, readonly, ref: (value) => ref(value).value })) {
  test(`works in Vue's ${name}`, async () => {
    const { asked, explainer } = recorded();
    const held = wrap({ explainer, picture, options: { inputSize: { longSide: 320 } }, result: null });
    const found = wrap(await held.explainer.explain(held.picture, 1, 'cam', held.options));
    assert.deepEqual([...found.map], [...explanation().map]);
    assert.deepEqual(asked[0].slice(2), [[1], 'cam', { inputSize: { longSide: 320 } }]);
    assert.deepEqual(structuredClone(asked[0].slice(1)).length, 4);
    assert.deepEqual([...Explanation.from(found).map], [...found.map]);
    assert.equal(held.explainer.labels[1], 'dog');
    const summary = wrap(new FaithfulnessSummary());
    const measures = { drop: 0.5, increased: false, visible: 0.25, deletion: null, insertion: null, road: null };
    const yardsticks = [{ ...measures, yardstick: 'ones', method: null, drop: 0 }];
    summary.add('a', wrap({ background: 'black', methods: [{ ...measures, method: 'cam' }], yardsticks }));
    assert.equal(summary.methods[0].averageDrop, 50);
    assert.deepEqual(summary.beaten.map(({ measure }) => measure), ['drop']);
    assert.deepEqual(summary.ranking('drop').methods, ['cam']);
    held.explainer.dispose();
    await assert.rejects(held.explainer.classify(held.picture), { code: 'disposed' });
  });
}

test('a picture may be a Buffer, of another context and without a prototype', async () => {
  const { asked, explainer } = recorded();
  const context = createContext({});
  const foreign = runInContext('({ data: new Uint8ClampedArray(32).fill(7), width: 4, height: 2 })', context);
  const bare = Object.assign(Object.create(null), picture);
  for (const each of [foreign, bare, { ...picture, data: Buffer.alloc(32, 7) }]) await explainer.classify(each, 1);
  for (const [, own] of asked) assert.deepEqual(own, picture);
});

test('a mask may be a Buffer, which is copied', async () => {
  const { asked, explainer } = recorded();
  const truth = Buffer.alloc(8, 1);
  const call = explainer.faithfulness(picture, 1, ['cam'], { truth });
  truth.fill(0);
  await call;
  assert.deepEqual(asked[0].at(-1), { truth: new Uint8Array(8).fill(1) });
});

test('what has no text is refused in words', async () => {
  const { explainer } = recorded();
  const nothing = Object.create(null);
  const calls = [
    () => explainer.explain(picture, { classIdx: nothing }),
    () => explainer.explain(picture, Symbol('dog')),
    () => explainer.explain(picture, 1, nothing),
    () => explainer.explain(picture, 1, 'cam', Symbol('options')),
    () => explainer.explain(picture, 1, 'cam', { layer: nothing }),
    () => explainer.explain(picture, 1, 'cam', { signal: nothing }),
    () => explainer.explain(nothing, 1),
    () => explainer.explainObjects(picture, { minScore: Symbol('high') }),
    () => explainer.faithfulness(picture, 1, ['cam'], { delta: nothing }),
    async () => explanation().toImageData({ opacity: Symbol('half') }),
    async () => explanation().toImageData({ colormap: nothing }),
    () => load({ contract: { width: nothing } }),
    () => load({ backend: nothing }),
    () => load({ model: nothing }),
  ];
  for (const call of calls) await assert.rejects(call, (error) => error instanceof GradlensError && error.code !== 'internal', String(call));
});

test('what is no explanation has no methods', () => {
  const good = structuredClone(explanation());
  assert.ok(Explanation.from(good) instanceof Explanation);
  const bad = [
    undefined, null, 7, 'dog', [], {}, JSON.parse(JSON.stringify(good)), { ...good, raw: [0, 4] }, { ...good, rawWidth: 3 }, { ...good, width: 0 },
    { ...good, area: null }, { ...good, area: { x: NaN, y: 0, width: 1, height: 1 } }, { ...good, label: 7 }, { ...good, classIdx: 0.5 },
  ];
  for (const each of bad) assert.throws(() => Explanation.from(each), { code: 'invalid-argument' });
  const object = { classIdx: 1, label: 'dog', score: 0.5, box: null, regions: [], alternatives: [], explanation: good };
  assert.deepEqual([...DetectedObject.from(object).map], [...explanation().map]);
  for (const each of [null, {}, good, { ...object, regions: undefined }, { ...object, score: '1' }]) {
    assert.throws(() => DetectedObject.from(each), { code: 'invalid-argument' });
  }
});
