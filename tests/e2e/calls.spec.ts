// What every caller relies on: right answers to overlapping calls, odd pictures, lazy maps.
import { expect, test } from './package-page.ts';

test.beforeEach(async ({ page }) => {
  await page.evaluate(async () => {
    globalThis.explainer = await gradlens.load({ backend: 'cpu' });
  });
});

test('overlapping calls each get their own answer', async ({ page }) => {
  const classes = await page.evaluate(async () => {
    const image = new ImageData(64, 48);
    crypto.getRandomValues(image.data.subarray(0, 12_288));
    const asked = [5, 900, 17, 5, 321, 0, 999, 42];
    const alone: number[][] = [];
    for (const classIdx of asked) alone.push(Array.from((await explainer.explain(image, classIdx)).raw));
    const together = await Promise.all(asked.map((classIdx) => explainer.explain(image, classIdx)));
    return together.map(({ classIdx, raw }, i) => ({
      classIdx,
      same: raw.every((value, at) => value === alone[i]![at]),
    }));
  });
  expect(classes).toEqual([5, 900, 17, 5, 321, 0, 999, 42].map((classIdx) => ({ classIdx, same: true })));
});

test('a hundred overlapping calls of shuffled classes each get their own answer', async ({ page }) => {
  const wrong = await page.evaluate(async () => {
    const image = new ImageData(64, 64);
    for (let i = 0; i < image.data.length; i++) image.data[i] = i % 4 === 3 ? 255 : (i * 29) % 256;
    const classes = Array.from({ length: 100 }, (_, i) => (i * 619) % 1000);
    const answers = await Promise.all(classes.map((classIdx) => explainer.explain(image, classIdx)));
    return answers.filter(({ classIdx, label }, i) => classIdx !== classes[i] || label !== explainer.labels[classIdx]);
  });
  expect(wrong).toEqual([]);
});

test('what is handed over may change at once', async ({ page }) => {
  const { expected, found } = await page.evaluate(async () => {
    const image = await sample('dog.webp');
    const truth = new Uint8Array(image.width * image.height).fill(1, 0, 40_000);
    const ask = () => {
      const target = { weights: [[235, 1], [281, -1]] as [number, number][] };
      const [classes, targets, inputSize] = [[235, 281], [target], { longSide: 320 }];
      const answers = [
        explainer.classify(image, 2),
        explainer.explainMany(image, classes, 'grad-cam', { inputSize }).then((all) => all.map(({ logit }) => logit)),
        explainer.explainMany(image, targets, 'grad-cam').then((all) => all.map(({ logit }) => logit)),
        explainer.explainObjects(image, { inputSize }).then((all) => all.map(({ label, box }) => ({ label, box }))),
        explainer.faithfulness(image, 235, ['cam'], { truth }),
        explainer.gradients(image, target, 'head').then(({ data }) => data.slice(0, 9)),
        explainer.activations(image, 'head').then(({ data }) => data.slice(0, 9)),
      ];
      return { classes, target, inputSize, answers };
    };
    const expected = await Promise.all(ask().answers);
    const { classes, target, inputSize, answers } = ask();
    image.data.fill(0);
    truth.fill(0);
    classes.fill(3);
    inputSize.longSide = 7;
    target.weights[0]![0] = 5;
    return { expected, found: await Promise.all(answers) };
  });
  expect(found).toEqual(expected);
});

test('options of a framework, behind a proxy, are taken, and what is no data is refused', async ({ page }) => {
  const { size, code } = await page.evaluate(async () => {
    const proxied = <T extends object>(value: T): T =>
      new Proxy(value, { get: (of, key) => (typeof of[key as keyof T] === 'object' ? proxied(of[key as keyof T] as object) : of[key as keyof T]) });
    const image = await sample('dog.webp');
    const { rawWidth, rawHeight } = await explainer.explain(image, 235, 'cam', proxied({ inputSize: { width: 320, height: 256 } }));
    const odd = { inputSize: 320, after: () => 1 };
    return { size: [rawWidth, rawHeight], code: await explainer.explain(image, 235, 'cam', odd).catch(({ code }) => code) };
  });
  expect(size).toEqual([10, 8]);
  expect(code).toBe('invalid-argument');
});

test('a picture in Display P3 is seen in its colours', async ({ page }) => {
  const { plain, wide, same } = await page.evaluate(async () => {
    const image = await sample('scarlet_macaw.webp');
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d', { colorSpace: 'display-p3' })!;
    context.drawImage(await createImageBitmap(image), 0, 0);
    const inP3 = context.getImageData(0, 0, image.width, image.height, { colorSpace: 'display-p3' });
    const classify = async (image: ImageData) => (await explainer.classify(image, 1))[0]!;
    return { plain: await classify(image), wide: await classify(inP3), same: inP3.data.every((value, at) => value === image.data[at]) };
  });
  expect(same).toBe(false);
  expect(wide.label).toBe(plain.label);
  expect(Math.abs(wide.probability - plain.probability)).toBeLessThan(2e-3);
});

test('an abort looks like that of the platform', async ({ page }) => {
  const found = await page.evaluate(async () => {
    const image = await sample('dog.webp');
    const stop = new AbortController();
    const call = explainer.explain(image, 1, 'cam', { signal: stop.signal }).catch((error) => error);
    stop.abort('enough');
    const { name, code, cause } = await call;
    const late = await explainer.classify(image, 1, { signal: AbortSignal.abort('late') }).catch((error) => error);
    return [name, code, cause, late.name, late.cause];
  });
  expect(found).toEqual(['AbortError', 'aborted', 'enough', 'AbortError', 'late']);
});

test('a call that is aborted ends at once, and those around it are answered', async ({ page }) => {
  const { codes, labels, order } = await page.evaluate(async () => {
    const image = await sample('dog.webp');
    const order: string[] = [];
    const [before, stop] = [AbortSignal.abort(), new AbortController()];
    const codeOf = (call: Promise<unknown>) => call.then(() => 'answered', ({ code }) => code as string);
    const settled = (name: string, call: Promise<unknown>) => call.finally(() => order.push(name));
    const first = settled('first', explainer.explain(image, 1, 'grad-cam++', { inputSize: 448 }));
    const waits = settled('waits', codeOf(explainer.explain(image, 2, 'grad-cam++', { signal: stop.signal })));
    const objects = codeOf(explainer.explainObjects(image, { signal: stop.signal }));
    const drops = codeOf(explainer.faithfulness(image, 3, ['cam'], { signal: stop.signal }));
    const classes = codeOf(explainer.classify(image, 3, { signal: before }));
    const last = explainer.explain(image, 4, 'grad-cam++', { signal: new AbortController().signal });
    stop.abort();
    const codes = await Promise.all([waits, objects, drops, classes]);
    const answers = await Promise.all([first, last]);
    return { codes, order, labels: (answers as { classIdx: number }[]).map(({ classIdx }) => classIdx) };
  });
  expect(codes).toEqual(['aborted', 'aborted', 'aborted', 'aborted']);
  // The one that waited did not wait for the one that ran.
  expect(order).toEqual(['waits', 'first']);
  expect(labels).toEqual([1, 4]);
});

test('in the calling thread a call lets others run, also where timers are slow', async ({ page }) => {
  const { timers, label, code } = await page.evaluate(async () => {
    const { load } = (await import(`${location.origin}/gradlens/dist/direct.js`)) as typeof gradlens;
    const [direct, image, later] = [await load({ backend: 'cpu' }), await sample('dog.webp'), setTimeout];
    let timers = 0;
    // As in a page that is hidden.
    globalThis.setTimeout = ((task: () => void, after = 0) => later(task, after + 1000 * ++timers)) as typeof setTimeout;
    const { label } = await direct.explain(image, null, 'cam', { signal: new AbortController().signal });
    const [stop, { port1, port2 }] = [new AbortController(), new MessageChannel()];
    port1.onmessage = () => stop.abort();
    const call = direct.faithfulness(image, 235, ['cam'], { curveSteps: 20, signal: stop.signal }).catch(({ code }) => code);
    port2.postMessage(null);
    return { code: await call, label, timers };
  });
  expect({ timers, label, code }).toEqual({ timers: 0, label: 'German shepherd', code: 'aborted' });
});

test('a model given as bytes answers like the one at an address', async ({ page }) => {
  const [own, given] = await page.evaluate(async () => {
    const bytes = await (await fetch('/gradlens/model/efficientnet-lite0.onnx')).arrayBuffer();
    const image = await sample('dog.webp');
    const other = await gradlens.load({ backend: 'cpu', model: bytes });
    return [await explainer.classify(image, 3), await other.classify(image, 3)];
  });
  expect(given).toEqual(own);
});

test('many classes at once equal each alone', async ({ page }) => {
  const differences = await page.evaluate(async () => {
    const image = new ImageData(224, 224);
    for (let i = 0; i < image.data.length; i++) image.data[i] = i % 4 === 3 ? 255 : (i * 7) % 251;
    const together = await explainer.explainMany(image, [3, 700, 3], 'grad-cam++');
    const alone = await explainer.explain(image, 700, 'grad-cam++');
    const [first, second, third] = together;
    const top = Math.max(...alone.raw);
    return {
      classes: together.map(({ classIdx }) => classIdx),
      second: Math.max(...second!.raw.map((value, i) => Math.abs(value - alone.raw[i]!))) / (top || 1),
      third: Math.max(...third!.raw.map((value, i) => Math.abs(value - first!.raw[i]!))),
    };
  });
  expect(differences.classes).toEqual([3, 700, 3]);
  expect(differences.second).toBeLessThan(1e-4);
  expect(differences.third).toBe(0);
});

for (const [width, height] of [[1, 1], [1, 5000], [5000, 1]] as const) {
  test(`a photo of ${width} x ${height} gets an answer`, async ({ page }) => {
    const answer = await page.evaluate(
      async ([width, height]) => {
        const image = new ImageData(width, height);
        image.data.fill(120);
        const { map, label, probability } = await explainer.explain(image);
        return { length: map.length, valid: map.every((v) => v >= 0 && v <= 1), label, probability };
      },
      [width, height] as const,
    );
    expect(answer).toMatchObject({ length: width * height, valid: true });
    expect(answer.label).not.toBe('');
    expect(answer.probability).toBeGreaterThan(0);
  });
}

test('random pictures only ever give a valid map', async ({ page }) => {
  test.setTimeout(300_000);
  const broken = await page.evaluate(async () => {
    let state = 12345;
    const random = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32;
    const broken: string[] = [];
    // The others take hundreds of runs each, or a transformer.
    const quick = explainer.model.methods.filter(({ runs, family }) => runs <= 2 && family !== 'attention');
    for (let i = 0; i < 60; i++) {
      const [width, height] = [1 + Math.floor(random() * 600), 1 + Math.floor(random() * 600)];
      const image = new ImageData(width, height);
      for (let at = 0; at < image.data.length; at++) image.data[at] = random() * 256;
      const { name } = quick[i % quick.length]!;
      const { map, isEmpty } = await explainer.explain(image, Math.floor(random() * 1000), name);
      const least = name.startsWith('guided') ? -1.000001 : 0;
      const top = map.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      const valid = map.length === width * height && map.every((v) => v >= least && v <= 1.000001) && (isEmpty ? top === 0 : top > 0);
      if (!valid) broken.push(`${width} x ${height} ${name}`);
    }
    return broken;
  });
  expect(broken).toEqual([]);
});

test('transparent pixels count as black', async ({ page }) => {
  const same = await page.evaluate(async () => {
    const [clear, black] = [new ImageData(100, 80), new ImageData(100, 80)];
    for (let i = 0; i < clear.data.length; i += 4) {
      const inside = i % 800 < 400;
      clear.data.set(inside ? [200, 90, 30, 255] : [255, 255, 255, 0], i);
      black.data.set(inside ? [200, 90, 30, 255] : [0, 0, 0, 255], i);
    }
    const [a, b] = [await explainer.explain(clear, 7), await explainer.explain(black, 7)];
    return a.raw.every((value, i) => value === b.raw[i]);
  });
  expect(same).toBe(true);
});

test('a finer input keeps the probability of the standard one', async ({ page }) => {
  const answers = await page.evaluate(async () => {
    const image = new ImageData(300, 200);
    for (let i = 0; i < image.data.length; i++) image.data[i] = i % 4 === 3 ? 255 : (i * 13) % 241;
    const standard = await explainer.explain(image, 11);
    const fine = await explainer.explain(image, 11, 'grad-cam++', { inputSize: 448 });
    return [standard, fine].map(({ probability, rawWidth, rawHeight }) => ({ probability, rawWidth, rawHeight }));
  });
  expect(answers[0]).toMatchObject({ rawWidth: 11, rawHeight: 7 });
  expect(answers[1]).toEqual({ probability: answers[0]!.probability, rawWidth: 21, rawHeight: 14 });
});

test('the overlay follows the map', async ({ page }) => {
  const overlay = await page.evaluate(async () => {
    const image = new ImageData(64, 64);
    for (let i = 0; i < image.data.length; i++) image.data[i] = i % 4 === 3 ? 255 : (i * 31) % 256;
    const explanation = await explainer.explain(image);
    const { data, width, height } = explanation.toImageData({ colormap: 'grayscale', opacity: 0.5 });
    const worst = explanation.map.reduce((worst, value, i) => {
      const expected = [value * 255, value * 255, value * 255, value * 127.5];
      return Math.max(worst, ...expected.map((channel, c) => Math.abs(channel - data[4 * i + c]!)));
    }, 0);
    return { width, height, worst, lazy: explanation.map === explanation.map };
  });
  expect(overlay).toMatchObject({ width: 64, height: 64, lazy: true });
  expect(overlay.worst).toBeLessThanOrEqual(1);
});

test('arguments by name are those by position', async ({ page }) => {
  const { named, positional } = await page.evaluate(async () => {
    const image = await sample('dog.webp');
    const { signal } = new AbortController();
    const target = { weights: [[235, 1], [281, -1]] } as const;
    const maps = (all: { raw: Float32Array; method: string }[]) => all.map(({ raw, method }) => [method, ...raw]);
    const named = [
      await explainer.classify(image, { topK: 2, signal }),
      maps([await explainer.explain(image, { classIdx: 281, method: 'cam', signal, inputSize: 320 })]),
      maps([await explainer.explain(image, { signal })]),
      maps([await explainer.explain(image, {})]),
      maps([await explainer.explain(image, { target, method: 'hires-cam' })]),
      maps(await explainer.explainMany(image, [235, target], { method: 'layer-cam', signal })),
      await explainer.faithfulness(image, { classIdx: 281, methods: ['cam', 'xgrad-cam'], signal }),
      await explainer.faithfulness(image, { curveSteps: 2 }),
    ];
    const positional = [
      await explainer.classify(image, 2),
      maps([await explainer.explain(image, 281, 'cam', { inputSize: 320 })]),
      maps([await explainer.explain(image)]),
      maps([await explainer.explain(image, null, undefined)]),
      maps([await explainer.explain(image, null, 'hires-cam', { target })]),
      maps(await explainer.explainMany(image, [235, target], 'layer-cam')),
      await explainer.faithfulness(image, 281, ['cam', 'xgrad-cam']),
      await explainer.faithfulness(image, null, ['grad-cam', 'grad-cam++'], { curveSteps: 2 }),
    ];
    return { named, positional };
  });
  expect(named).toEqual(positional);
});

test('classes may come as a typed array', async ({ page }) => {
  const classes = await page.evaluate(async () => {
    const image = new ImageData(40, 30);
    const kinds = [Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array];
    const calls = kinds.map((Kind) => {
      const asked = Kind.of(3, 207, 3);
      const call = explainer.explainMany(image, asked, 'cam');
      asked.fill(0);
      return call;
    });
    return (await Promise.all(calls)).map((all) => all.map(({ classIdx }) => classIdx));
  });
  expect(classes).toEqual(Array.from({ length: 7 }, () => [3, 207, 3]));
});

test('the default explainer answers every call of its own, and another one follows it', async ({ page }) => {
  const before = page.workers().length;
  const found = await page.evaluate(async () => {
    const image = await sample('dog.webp');
    const first = gradlens.classify(image, { topK: 1 });
    // As it was when the call was made.
    image.data.fill(0);
    const [best] = await first;
    const dog = await sample('dog.webp');
    const { label, method } = await gradlens.explain(dog, { method: 'cam' });
    const [object] = await gradlens.explainObjects(dog, { maxObjects: 1 });
    const waits = gradlens.classify(dog).catch(({ code }) => code);
    gradlens.dispose();
    return [best!.label, label, method, object!.label, await waits];
  });
  const dog = 'German shepherd';
  expect(found).toEqual([dog, dog, 'cam', dog, 'disposed']);
  await expect.poll(() => page.workers().length).toBe(before);
  expect(await page.evaluate(async () => (await gradlens.classify(await sample('panda.webp'), 1))[0]!.label)).toBe('giant panda');
  expect(page.workers()).toHaveLength(before + 1);
});

test('explain alone loads an explainer once', async ({ page }) => {
  const before = page.workers().length;
  const labels = await page.evaluate(async () => {
    const image = new ImageData(32, 32);
    const [a, b] = await Promise.all([gradlens.explain(image, 3, 'grad-cam'), gradlens.explain(image, 4, 'grad-cam')]);
    return [a.label, b.label];
  });
  expect(labels).toEqual(['tiger shark', 'hammerhead']);
  expect(page.workers()).toHaveLength(before + 1);
});
