// Methods, targets and layers beyond one map of one class at one layer.
import { expect, test } from './package-page.ts';

test.beforeEach(async ({ page }) => {
  await page.evaluate(async () => {
    globalThis.explainer = await gradlens.load({ backend: 'cpu' });
  });
});

test('the package and the core know the same methods, and each says what it costs', async ({ page }) => {
  const { methods, families, known } = await page.evaluate(() => ({
    methods: gradlens.methods,
    families: gradlens.methodFamilies,
    known: explainer.model.methods,
  }));
  expect(known.map(({ name }) => name).sort()).toEqual([...methods].sort());
  for (const { name, family } of known) expect<readonly string[]>(families[family]).toContain(name);
  const of = (method: string) => {
    const { layer, runs, backward } = known.find(({ name }) => name === method)!;
    return { layer, runs, backward };
  };
  expect(of('grad-cam')).toEqual({ layer: 'features', runs: 1, backward: 1 });
  expect(of('eigen-cam')).toEqual({ layer: 'features', runs: 1, backward: 0 });
  expect(of('score-cam')).toEqual({ layer: 'features', runs: 322, backward: 0 });
  expect(of('ablation-cam')).toEqual({ layer: 'features', runs: 321, backward: 0 });
  expect(of('smooth-grad-cam++')).toEqual({ layer: 'features', runs: 9, backward: 8 });
  expect(of('grad-cam++-softmax')).toEqual({ layer: 'features', runs: 1, backward: 1001 });
  expect(of('guided-grad-cam')).toEqual({ layer: 'features', runs: 1, backward: 2 });
  expect(of('occlusion').runs).toBe(197);
  expect(of('rise').runs).toBe(1001);
});

test('each method gives a map, the same for the same seed, and tells how far it is', async ({ page }) => {
  test.setTimeout(300_000);
  const found = await page.evaluate(async () => {
    const image = await sample('dog.webp');
    const found = [];
    for (const { name, runs, layer } of explainer.model.methods) {
      // Attention, of which this network has none.
      if (layer === null) continue;
      // A softmax bends the other way where the network is sure: its map may be empty.
      const mayBeEmpty = name === 'grad-cam++-softmax';
      const shares: number[] = [];
      const explain = (seed: number) =>
        explainer.explain(image, 235, name, { samples: 3, seed, inputSize: 96, onProgress: ({ share }) => void shares.push(share) });
      const first = await explain(1);
      const isCostly = runs > 100 && name !== 'rise';
      const [again, other] = isCostly ? [first, first] : [await explain(1), await explain(2)];
      const isSame = (a: Float32Array, b: Float32Array) => a.every((value, at) => value === b[at]);
      found.push({
        name, runs, shares,
        isValid: (mayBeEmpty || !first.isEmpty) && !first.isSigned && first.map.every((value) => value >= 0 && value <= 1.000001),
        isRepeated: isSame(first.raw, again.raw),
        isRandom: !isSame(first.raw, other.raw),
      });
    }
    return found;
  });
  for (const { name, isValid, isRepeated, isRandom, runs, shares } of found) {
    expect({ name, isValid, isRepeated }).toEqual({ name, isValid: true, isRepeated: true });
    expect(isRandom, name).toBe(['smooth-grad', 'smooth-grad-cam++', 'rise'].includes(name));
    if (runs > 2) expect(Math.max(...shares), name).toBeCloseTo(1, 6);
    expect(shares.every((share) => share > 0 && share <= 1), name).toBe(true);
  }
});

test('a map of many runs stops when it is aborted, and the next call is answered', async ({ page }) => {
  const { code, share, next } = await page.evaluate(async () => {
    const image = await sample('dog.webp');
    const stop = new AbortController();
    let share = 0;
    const onProgress = (progress: { share: number }) => {
      share = progress.share;
      if (share > 0.02) stop.abort();
    };
    const { code } = await explainer
      .explain(image, 235, 'rise', { samples: 2000, signal: stop.signal, onProgress })
      .then(() => ({ code: 'none' }), (error: { code: string }) => error);
    const next = await explainer.explain(image, 235);
    return { code, share, next: next.label };
  });
  expect(code).toBe('aborted');
  expect(share).toBeLessThan(0.5);
  expect(next).toMatch(/German shepherd/i);
});

test('a class against another is the difference of their scores', async ({ page }) => {
  const { against, linear, several, gradients } = await page.evaluate(async () => {
    const image = await sample('dog.webp');
    const raw = async (target: Exclude<Parameters<typeof explainer.gradients>[1], number>) => {
      const { raw, classIdx } = await explainer.explain(image, null, 'hires-cam', { target });
      return { raw: Array.from(raw), classIdx };
    };
    const [one] = [{ class: 235, against: 281 }];
    return {
      against: await raw(one),
      linear: await raw({ weights: [[235, 1], [281, -1]] }),
      several: [await raw({ class: 235, against: [281, 282], strength: 0.5 }), await raw({ weights: [[235, 1], [281, -0.25], [282, -0.25]] })],
      gradients: (await explainer.gradients(image, one, 'head')).data.length,
    };
  });
  expect(against).toEqual(linear);
  expect(against.classIdx).toBeNull();
  expect(several[0]).toEqual(several[1]);
  expect(gradients).toBeGreaterThan(1000);
});

test('a map may hold what speaks against the class, in two colours', async ({ page }) => {
  const { plain, signed, colours, again } = await page.evaluate(async () => {
    const image = await sample('dog.webp');
    const plain = await explainer.explain(image, 281, 'grad-cam');
    const signed = await explainer.explain(image, 281, 'grad-cam', { negative: true });
    const { data } = signed.toImageData({ opacity: 1 });
    const extreme = (sign: number) => signed.map.reduce((best, value, at, map) => (sign * value > sign * map[best]! ? at : best), 0);
    const colour = (at: number) => Array.from(data.slice(4 * at, 4 * at + 3));
    return {
      plain: Array.from(plain.raw),
      signed: { raw: Array.from(signed.raw), isSigned: signed.isSigned },
      colours: [colour(extreme(-1)), colour(extreme(1))],
      again: gradlens.Explanation.from(structuredClone(signed)).isSigned,
    };
  });
  expect(signed.isSigned && again).toBe(true);
  signed.raw.forEach((value, at) => expect(Math.max(value, 0)).toBeCloseTo(plain[at]!, 6));
  const [against, towards] = colours;
  expect(against![2]).toBeGreaterThan(against![0]!);
  expect(towards![0]).toBeGreaterThan(towards![2]!);
});

test('guided maps are as large as the picture that the network sees, and have both signs', async ({ page }) => {
  const { size, isSigned, isWeighed } = await page.evaluate(async () => {
    const image = await sample('dog.webp');
    const options = { negative: true, inputSize: { width: 224, height: 224 } };
    const edges = await explainer.explain(image, 235, 'guided-backpropagation', options);
    const weighed = await explainer.explain(image, 235, 'guided-grad-cam', options);
    const sign = (value: number) => Math.sign(value);
    return {
      size: [weighed.rawWidth, weighed.rawHeight],
      isSigned: weighed.isSigned && edges.isSigned,
      // A weight is never negative.
      isWeighed: weighed.raw.every((value, at) => value === 0 || sign(value) === sign(edges.raw[at]!)),
    };
  });
  expect(size).toEqual([224, 224]);
  expect(isSigned && isWeighed).toBe(true);
});

test('a map may be smoothed by copies of the picture or by its main pattern', async ({ page }) => {
  const { plain, tta, shares, eigen, gradient } = await page.evaluate(async () => {
    const image = await sample('dog.webp');
    const options = { layer: 'head', inputSize: { width: 224, height: 224 } };
    const raw = async (method: (typeof gradlens.methods)[number], more = {}) =>
      Array.from((await explainer.explain(image, 235, method, { ...options, ...more })).raw);
    const shares: number[] = [];
    return {
      plain: await raw('grad-cam++'),
      tta: await raw('grad-cam++', { smooth: 'tta', onProgress: ({ share }: { share: number }) => void shares.push(share) }),
      shares,
      eigen: await raw('hires-cam', { smooth: 'eigen' }),
      gradient: await raw('eigengrad-cam'),
    };
  });
  const likeness = (a: number[], b: number[]) => {
    const dot = (a: number[], b: number[]) => a.reduce((sum, value, at) => sum + value * b[at]!, 0);
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  };
  expect(likeness(plain, tta)).toBeGreaterThan(0.9);
  expect(tta).not.toEqual(plain);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(eigen).toEqual(gradient);
});

test('maps of several layers become one on the finest grid', async ({ page }) => {
  const { grid, layer, most, mean } = await page.evaluate(async () => {
    const image = await sample('dog.webp');
    const fine = explainer.layers.find(({ width }) => width === 28)!.name;
    const layers = ['features', fine];
    const fused = await explainer.explain(image, 235, 'grad-cam', { layers, inputSize: { width: 224, height: 224 } });
    const mean = await explainer.explain(image, 235, 'grad-cam', { layers, fuse: 'mean', inputSize: { width: 224, height: 224 } });
    const top = (raw: Float32Array) => raw.reduce((top, value) => Math.max(top, value), 0);
    return { grid: [fused.rawWidth, fused.rawHeight], layer: fused.layer === layers.join(' + '), most: top(fused.raw), mean: top(mean.raw) };
  });
  expect(grid).toEqual([28, 28]);
  expect(layer).toBe(true);
  expect(most).toBeCloseTo(1, 5);
  expect(mean).toBeLessThan(1);
});

for (const [what, call, code, message] of [
  ['rise at a layer', 'explainer.explain(image, 1, "rise", { layer: "head" })', 'method-undefined', /of the picture itself/],
  ['objects by score-cam', 'explainer.explainObjects(image, { method: "score-cam" })', 'method-undefined', /for objects/],
  ['no layers', 'explainer.explain(image, 1, "grad-cam", { layers: [] })', 'invalid-argument', /at least one layer/],
  ['layer and layers', 'explainer.explain(image, 1, "grad-cam", { layer: "head", layers: ["head"] })', 'invalid-argument', /not both/],
  ['another fusion', 'explainer.explain(image, 1, "grad-cam", { layers: ["head"], fuse: "sum" })', 'invalid-argument', /maximum/],
  ['attention without any', 'explainer.explain(image, 1, "legrad")', 'method-undefined', /class token and all positions/],
  ['another smoothing', 'explainer.explain(image, 1, "grad-cam", { smooth: "blur" })', 'invalid-argument', /tta.*eigen/],
  ['what has no terms, smoothed', 'explainer.explain(image, 1, "rise", { smooth: "eigen" })', 'method-undefined', /adds up channels/],
  ['no samples', 'explainer.explain(image, 1, "rise", { samples: 0 })', 'invalid-argument', /samples is 0/],
  ['a class against itself', 'explainer.explain(image, null, "grad-cam", { target: { class: 1, against: [1] } })', 'invalid-target', /not with itself/],
  ['a class against none', 'explainer.explain(image, null, "grad-cam", { target: { class: 1, against: 1000 } })', 'invalid-class', /no class 1000/],
] as const) {
  test(`${what} is refused`, async ({ page }) => {
    const error = await page.evaluate(async (call) => {
      const image = new ImageData(8, 8);
      const run = new Function('explainer', 'image', `return ${call}`);
      return (run(explainer, image) as Promise<unknown>).then(() => null, ({ code, message }) => ({ code, message }));
    }, call);
    expect(error?.code).toBe(code);
    expect(error?.message).toMatch(message);
  });
}
