// What people get who make maps of their own: activations, gradients, and targets that are no class.
import { expect, test } from './package-page.ts';

test.beforeEach(async ({ page }) => {
  await page.evaluate(async () => {
    globalThis.explainer = await gradlens.load({ backend: 'cpu' });
  });
});

/** The largest difference, in parts of the largest value. */
function apart(values: number[], expected: number[]): number {
  expect(values.length).toBe(expected.length);
  const top = Math.max(...expected.map(Math.abs));
  return Math.max(...values.map((value, at) => Math.abs(value - expected[at]!))) / top;
}

test('Grad-CAM by hand is Grad-CAM', async ({ page }) => {
  for (const layer of ['features', 'head', 'blocks.5.output']) {
    const { shapes, byHand, raw, grid } = await page.evaluate(async (layer) => {
      const image = await sample('dog.webp');
      const activations = await explainer.activations(image, layer);
      const gradients = await explainer.gradients(image, 235, layer);
      const { raw, rawWidth, rawHeight } = await explainer.explain(image, 235, 'grad-cam', { layer });
      const positions = rawWidth * rawHeight;
      const byHand = new Array<number>(positions).fill(0);
      for (let at = 0; at < activations.data.length; at += positions) {
        const weight = gradients.data.subarray(at, at + positions).reduce((sum, value) => sum + value, 0) / positions;
        for (let i = 0; i < positions; i++) byHand[i]! += weight * activations.data[at + i]!;
      }
      return {
        shapes: [activations.shape, gradients.shape],
        byHand: byHand.map((value) => Math.max(0, value)),
        raw: Array.from(raw),
        grid: [rawHeight, rawWidth],
      };
    }, layer);
    expect(shapes[0]).toEqual(shapes[1]);
    expect(shapes[0]!.slice(2)).toEqual(grid);
    expect(apart(byHand, raw), layer).toBeLessThan(1e-4);
  }
});

test('tensors have the size that the network sees', async ({ page }) => {
  const shape = await page.evaluate(async () => {
    const image = await sample('dog.webp');
    return (await explainer.activations(image, 'features', { inputSize: { width: 320, height: 256 } })).shape;
  });
  expect(shape).toEqual([1, 320, 8, 10]);
});

test('a class, and the linear function that is its score, have the same map', async ({ page }) => {
  const [byClass, byTarget, named] = await page.evaluate(async () => {
    const image = await sample('dog.webp');
    const target = { weights: [[235, 1]] } as const;
    const explanations = [
      await explainer.explain(image, 235, 'grad-cam++'),
      await explainer.explain(image, null, 'grad-cam++', { target }),
      await explainer.explain(image, null, 'grad-cam++', { target: { output: 'logits', ...target } }),
    ];
    return explanations.map(({ raw, classIdx, label, logit, probability }) => ({ raw: Array.from(raw), classIdx, label, logit, probability }));
  });
  expect(byClass).toMatchObject({ classIdx: 235, label: 'German shepherd' });
  for (const target of [byTarget!, named!]) {
    expect(target).toMatchObject({ classIdx: null, label: '', probability: target.logit });
    expect(target.logit).toBeCloseTo(byClass!.logit, 4);
    expect(apart(target.raw, byClass!.raw)).toBeLessThan(1e-5);
  }
});

test('"this rather than that" is the difference of both', async ({ page }) => {
  const { logits, difference, maps } = await page.evaluate(async () => {
    const image = await sample('mosaic.png');
    const weights = [[388, 1], [88, -1]] as const;
    const [panda, macaw, both] = await explainer.explainMany(image, [388, 88, { weights }], 'grad-cam', { inputSize: 448 });
    const gradients = async (target: Parameters<typeof explainer.gradients>[1]) =>
      Array.from((await explainer.gradients(image, target, 'features')).data);
    const [ofPanda, ofMacaw, ofBoth] = [await gradients(388), await gradients(88), await gradients({ weights })];
    return {
      logits: [panda!.logit - macaw!.logit, both!.logit],
      difference: { byHand: ofPanda.map((value, at) => value - ofMacaw[at]!), asked: ofBoth },
      maps: [both!, panda!].map(({ map }) => map.indexOf(map.reduce((most, value) => Math.max(most, value)))),
    };
  });
  expect(logits[1]).toBeCloseTo(logits[0]!, 3);
  expect(apart(difference.asked, difference.byHand)).toBeLessThan(1e-4);
  // The panda is in the upper right quarter.
  for (const peak of maps) expect([peak % 448 > 224, Math.floor(peak / 448) < 224]).toEqual([true, true]);
});
