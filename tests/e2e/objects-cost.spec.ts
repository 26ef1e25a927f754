// Eight objects cost little more than one explanation: they share the network's features, and the
// backward pass begins behind the part that all classes have in common.
import { expect, test } from './package-page.ts';

test('eight objects cost at most 1.3 times one explanation', async ({ page }) => {
  test.setTimeout(300_000);
  const { counts, ratio, single, objects } = await page.evaluate(async () => {
    const explainer = await gradlens.load({ backend: 'cpu' });
    // Nine photos side by side: eight places that differ.
    const files = ['dog', 'panda', 'scarlet_macaw', 'koala', 'jaguar', 'bison', 'lemur', 'crocodile', 'polar_bear'];
    const context = new OffscreenCanvas(448, 448).getContext('2d')!;
    for (const [i, file] of files.entries()) {
      const { data, width, height } = await sample(`${file}.webp`);
      const photo = await createImageBitmap(new ImageData(data, width, height));
      context.drawImage(photo, (i % 3) * 149, Math.floor(i / 3) * 149, 150, 150);
    }
    const image = context.getImageData(0, 0, 448, 448);
    const inputSize = { longSide: 448 };
    const counts = new Set<number>();
    const times = { single: [] as number[], objects: [] as number[] };
    const timed = async (name: keyof typeof times, task: () => Promise<unknown>) => {
      // A pixel more or less is another picture: nothing of the last call can be used again.
      image.data[4 * times.single.length + 1]! ^= 64;
      image.data[4 * times.objects.length + 40_002]! ^= 64;
      const start = performance.now();
      await task();
      times[name].push(performance.now() - start);
    };
    for (let round = 0; round < 25; round++) {
      await timed('single', () => explainer.explain(image, null, 'grad-cam++', { inputSize }));
      await timed('objects', async () => {
        const found = await explainer.explainObjects(image, { inputSize, minScore: 0, maxObjects: 8 });
        counts.add(found.length);
      });
    }
    const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
    return {
      counts: [...counts],
      // Of neighbours in time: the machine's pace drifts.
      ratio: median(times.objects.map((time, round) => time / times.single[round]!)),
      single: median(times.single),
      objects: median(times.objects),
    };
  });
  console.log(`    one explanation ${single.toFixed(0)} ms, eight objects ${objects.toFixed(0)} ms, ratio ${ratio.toFixed(2)}`);
  expect(counts).toEqual([8]);
  expect(ratio).toBeLessThanOrEqual(1.3);
});
