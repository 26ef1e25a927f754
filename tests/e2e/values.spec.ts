// Values as they reach a package in practice: behind a framework's proxies, from another frame, as plain data again.
import { expect, test } from './package-page.ts';

test.beforeEach(async ({ page }) => {
  await page.evaluate(async () => {
    globalThis.explainer = await gradlens.load({ backend: 'cpu' });
  });
});

test('what the package gives works behind a proxy', async ({ page }) => {
  const { direct, proxied } = await page.evaluate(async () => {
    /** As deep as frameworks go: into what is an object and no part of the platform. */
    const deep = <T extends object>(value: T): T =>
      new Proxy(value, {
        get(of, key, receiver) {
          const found = Reflect.get(of, key, receiver);
          return /\[object (Object|Array)\]/.test(Object.prototype.toString.call(found)) ? deep(found as object) : found;
        },
      });
    const image = await sample('dog.webp');
    const use = async (wrap: <T extends object>(value: T) => T) => {
      const own = wrap(await gradlens.load({ backend: 'cpu' }));
      const { backend, fallbackReason, labels, layers } = own;
      const best = wrap(await own.classify(image, 2));
      const one = wrap(await own.explain(image, best[0]!.classIdx, 'grad-cam++', wrap({ inputSize: wrap({ longSide: 320 }) })));
      const many = wrap(await own.explainMany(image, wrap([235, wrap({ weights: wrap([wrap([235, 1] as const)]) })])));
      const objects = wrap(await own.explainObjects(image));
      const faithfulness = wrap(await own.faithfulness(image, 235, wrap(['cam', 'grad-cam'] as const), wrap({ truth: wrap({ x: 9, y: 9, width: 99, height: 99 }) })));
      const summary = wrap(new gradlens.FaithfulnessSummary());
      summary.add('dog', faithfulness);
      summary.leaveOut('cat', 'no dog');
      const { length: activations } = (await own.activations(image, 'head')).data;
      const { length: gradients } = (await own.gradients(image, 235, 'head')).data;
      const painted = gradlens.renderObjects(objects, wrap({ palette: wrap([wrap([1, 2, 3] as const)]) }));
      const overlay = one.toImageData(wrap({ colormap: 'jet' as const }));
      const again = [gradlens.Explanation.from(one).map, gradlens.DetectedObject.from(objects[0]!).map];
      const hash = await own.modelHash();
      const named = wrap(await gradlens.load({ backend: 'cpu', labels: wrap(labels.map((_, at) => `class ${at}`)), contract: wrap({ mean: wrap([1, 2, 3] as const), deviation: wrap([9, 9, 9] as const) }) }));
      const { mean } = named.model.contract;
      const [label] = [named.labels[7]];
      own.dispose();
      const disposed = await own.classify(image).catch(({ code }) => code);
      const sum = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0);
      return JSON.stringify({
        backend, fallbackReason, labels: labels.length, layers: layers.length, best, hash, disposed, label, mean,
        map: sum(one.map), overlay: sum(overlay.data), painted: sum(painted.data), again: again.map(sum),
        logits: many.map(({ logit }) => logit), boxes: objects.map(({ box, map }) => [box, sum(map)]),
        methods: summary.methods, wins: summary.wins, csv: summary.toCsv(), leftOut: summary.leftOut, activations, gradients,
      });
    };
    return {
      direct: await use((value) => value),
      proxied: [await use((value) => new Proxy(value, {})), await use(deep)],
    };
  });
  expect(proxied[0]).toBe(direct);
  expect(proxied[1]).toBe(direct);
});

test('what the platform lets nobody read through a proxy is refused by code', async ({ page }) => {
  const codes = await page.evaluate(async () => {
    const image = await sample('dog.webp');
    const proxy = <T extends object>(value: T) => new Proxy(value, {});
    const { signal } = new AbortController();
    const calls: [() => Promise<unknown>, string][] = [
      [() => explainer.classify(proxy(image)), 'invalid-image'],
      [() => explainer.classify({ ...image, width: 1, height: 1, data: proxy(new Uint8ClampedArray(4)) }), 'invalid-image'],
      [() => explainer.classify(image, 1, { signal: proxy(signal) }), 'invalid-argument'],
      [() => explainer.classify(image, 1, { onProgress: {} as () => void }), 'invalid-argument'],
      [() => gradlens.load({ signal: proxy(signal) }), 'invalid-argument'],
      [() => gradlens.load({ onRestart: 'tell' as never }), 'invalid-argument'],
      [() => gradlens.load({ model: proxy(new Blob(['a'])) }), 'invalid-argument'],
      [() => gradlens.load({ model: proxy(new Response('a')) }), 'invalid-argument'],
      [() => gradlens.load({ model: proxy(new URL('/a', location.href)) }), 'invalid-argument'],
      [() => gradlens.load({ model: proxy(new ArrayBuffer(8)) }), 'invalid-argument'],
      [() => gradlens.load({ model: proxy(new Uint8Array(8)) }), 'invalid-argument'],
    ];
    return Promise.all(calls.map(async ([call, code]) => [await call().catch((error) => error.code), code]));
  });
  for (const [code, expected] of codes) expect(code).toBe(expected);
});

test('values of another frame, and objects without a prototype, are as good', async ({ page }) => {
  const { here, there } = await page.evaluate(async () => {
    const frame = document.body.appendChild(document.createElement('iframe')).contentWindow as Window & typeof globalThis;
    const bare = <T extends object>(fields: T): T => Object.assign(Object.create(null), fields);
    const bytes = await (await fetch('/gradlens/model/efficientnet-lite0.onnx')).arrayBuffer();
    const image = await sample('dog.webp');
    const use = async ({ ImageData, Uint8Array, Float32Array, Blob, Response, URL, Array, AbortController, Object }: typeof globalThis, plain: <T extends object>(fields: T) => T) => {
      const own = new ImageData(image.width, image.height);
      own.data.set(image.data);
      const { signal } = new AbortController();
      const models = [new Blob([bytes]), new Response(bytes), new URL('/gradlens/model/efficientnet-lite0.onnx', location.href), Uint8Array.from(new globalThis.Uint8Array(bytes)), Uint8Array.from(new globalThis.Uint8Array(bytes)).buffer];
      const answers: unknown[] = [];
      for (const model of models) {
        const loaded = await gradlens.load(plain({ backend: 'cpu', model, labels: Array.from({ length: 1000 }, (_, i) => `${i}`), wasmUrl: plain({}), externalData: plain({}), signal } as const));
        answers.push(await loaded.classify(own, 3, plain({ signal })));
        loaded.dispose();
      }
      const target = plain({ weights: Array.of(Array.of(235, 1) as unknown as [number, number]) });
      const { raw } = await explainer.explain(own, null, 'grad-cam', plain({ target, inputSize: plain({ longSide: 320 }), signal }));
      const truth = new Uint8Array(image.width * image.height).fill(1, 0, 40_000);
      answers.push(globalThis.Array.from(raw), await explainer.faithfulness(own, 235, Array.of('cam' as const), plain({ truth })));
      const sameShape = plain({ data: own.data, width: own.width, height: own.height });
      answers.push(await explainer.classify(sameShape, 2));
      const explanation = await explainer.explain(own, 235);
      const clone = plain({ ...structuredClone(explanation), raw: Float32Array.from(explanation.raw) });
      answers.push(gradlens.Explanation.from(clone).map.slice(0, 9), gradlens.renderObjects(Array.of(plain({ explanation: clone }))).data.slice(0, 99));
      return JSON.stringify(answers);
    };
    return { here: await use(globalThis, (fields) => fields), there: [await use(frame, bare), await use(frame, (fields) => frame.Object.assign(new frame.Object(), fields))] };
  });
  expect(there[0]).toBe(here);
  expect(there[1]).toBe(here);
});

test('objects of a second copy of the package are taken', async ({ page }) => {
  const { own, other, code } = await page.evaluate(async () => {
    const frame = document.body.appendChild(document.createElement('iframe')).contentWindow as Window & typeof globalThis;
    frame.document.head.append(Object.assign(frame.document.createElement('script'), {
      type: 'module',
      textContent: `window.copy = await import('/gradlens/dist/index.js'); window.dispatchEvent(new Event('copied'));`,
    }));
    await new Promise((resolve) => frame.addEventListener('copied', resolve));
    const { copy } = frame as unknown as { copy: typeof gradlens };
    const image = await sample('dog.webp');
    const second = await copy.load({ backend: 'cpu' });
    const use = async (of: typeof explainer) => {
      const objects = await of.explainObjects(image);
      const summary = new gradlens.FaithfulnessSummary();
      summary.add('dog', await of.faithfulness(image, 235, ['cam']));
      const { map } = gradlens.Explanation.from(await of.explain(image));
      return JSON.stringify([Array.from(gradlens.renderObjects(objects).data.slice(0, 4000)), summary.methods, Array.from(map.slice(0, 99)), gradlens.DetectedObject.from(objects[0]!).label]);
    };
    const code = await second.explain(image, -1).catch(({ name, code }) => `${name} ${code}`);
    return { own: await use(explainer), other: await use(second), code };
  });
  expect(other).toBe(own);
  expect(code).toBe('GradlensError invalid-class');
});

test('an explanation that went through a message or a store has its methods again', async ({ page }) => {
  const same = await page.evaluate(async () => {
    const image = await sample('dog.webp');
    const explanation = await explainer.explain(image, 235, 'grad-cam++');
    const objects = await explainer.explainObjects(image);
    const byMessage = () =>
      new Promise<typeof explanation>((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port2.onmessage = ({ data }) => resolve(data);
        port1.postMessage(explanation);
      });
    const byStore = () =>
      new Promise<typeof explanation>((resolve, reject) => {
        const opening = indexedDB.open('explanations', 1);
        opening.onerror = reject;
        opening.onupgradeneeded = () => opening.result.createObjectStore('kept');
        opening.onsuccess = () => {
          const store = opening.result.transaction('kept', 'readwrite').objectStore('kept');
          store.put(explanation, 'one');
          store.get('one').onsuccess = ({ target }) => resolve((target as IDBRequest).result);
        };
      });
    const plain = [structuredClone(explanation), await byMessage(), await byStore()];
    const overlay = (of: typeof explanation) => of.toImageData({ colormap: 'viridis', opacity: 0.7 }).data;
    const equal = (a: ArrayLike<number>, b: ArrayLike<number>) => a.length === b.length && Array.from(a).every((value, at) => value === b[at]);
    const clones = structuredClone(objects);
    return [
      ...plain.map((each) => equal(overlay(gradlens.Explanation.from(each)), overlay(explanation))),
      ...plain.map((each) => JSON.stringify(gradlens.Explanation.from(each)) === JSON.stringify(explanation)),
      equal(gradlens.DetectedObject.from(clones[0]!).map, objects[0]!.map),
      gradlens.DetectedObject.from(clones[0]!) instanceof gradlens.DetectedObject,
      equal(gradlens.renderObjects(clones).data, gradlens.renderObjects(objects).data),
    ];
  });
  expect(same).toEqual(Array.from({ length: 9 }, () => true));
});
