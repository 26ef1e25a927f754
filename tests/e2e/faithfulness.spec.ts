// The paper's measures through the built package, against float64 references.
import { readFile } from 'node:fs/promises';
import { expect, root, test } from './package-page.ts';
import { floats, readTensors } from './safetensors.ts';

const methods = ['grad-cam', 'grad-cam++'] as const;

for (const name of ['chelsea_224x224', 'lemur_224x224', 'coffee_320x320']) {
  test(`the drops of ${name} match the reference`, async ({ page }) => {
    const golden = readTensors(await readFile(new URL(`tests/golden/${name}.safetensors`, root)));
    const { shape, bytes } = golden.get('rgb_u8')!;
    const [height, width] = shape as [number, number];
    const prefix = 'drop.grad-cam.features.';
    const classes = [...golden.keys()].filter((key) => key.startsWith(prefix)).map((key) => Number(key.slice(prefix.length)));
    expect(classes.length).toBeGreaterThan(0);
    const results = await page.evaluate(
      async ({ rgb, width, height, classes, methods }) => {
        const explainer = await gradlens.load({ backend: 'cpu', model: '/test/f32.onnx' });
        const image = new ImageData(width, height);
        const bytes = atob(rgb);
        for (let i = 0; i < width * height; i++) {
          for (let c = 0; c < 3; c++) image.data[4 * i + c] = bytes.charCodeAt(3 * i + c);
          image.data[4 * i + 3] = 255;
        }
        const results = [];
        for (const classIdx of classes) {
          results.push(await explainer.faithfulness(image, classIdx, methods, { inputSize: { width, height } }));
        }
        return results;
      },
      { rgb: Buffer.from(bytes).toString('base64'), width, height, classes, methods },
    );
    for (const { classIdx, confidence, methods: entries } of results) {
      for (const { method, maskedConfidence, drop, increased } of entries) {
        const [y, o, expected] = floats(golden.get(`drop.${method}.features.${classIdx}`)!);
        expect(Math.abs(confidence - y!)).toBeLessThan(1e-3);
        expect(Math.abs(maskedConfidence - o!)).toBeLessThan(1e-3);
        expect(Math.abs(drop - expected!)).toBeLessThan(1e-3);
        expect(increased).toBe(maskedConfidence > confidence);
      }
    }
  });
}

test('curves begin and end where they must, and the map of a dog lies on the dog', async ({ page }) => {
  const { result, side, onDog } = await page.evaluate(async () => {
    const explainer = await gradlens.load({ backend: 'cpu' });
    const image = await sample('dog.webp');
    const [dog] = await explainer.explainObjects(image);
    const side = { width: image.width, height: image.height };
    const options = { curveSteps: 8, truth: { x: 0, y: 0, ...side } };
    const result = await explainer.faithfulness(image, null, ['grad-cam++', 'cam'], options);
    const onDog = await explainer.faithfulness(image, null, ['grad-cam++'], { truth: dog!.box! });
    return { result, side, onDog };
  });
  expect(side.width).toBeGreaterThan(0);
  for (const { method, deletion, insertion, localisation } of result.methods) {
    const [deleted, inserted] = [Object.values(deletion!.scores), Object.values(insertion!.scores)];
    expect(deleted, method).toHaveLength(9);
    expect(deleted[0]).toBeCloseTo(result.confidence, 5);
    expect(inserted[8]).toBeCloseTo(result.confidence, 5);
    expect(deleted[8]).toBeCloseTo(inserted[0]!, 5);
    // What matters most is gone first in the one, there first in the other.
    expect(deletion!.area, method).toBeLessThan(insertion!.area);
    // The whole picture holds all of the map.
    expect(localisation).toMatchObject({ energy: 1, hit: true });
  }
  expect(onDog.methods[0]!.localisation).toMatchObject({ hit: true });
  expect(onDog.methods[0]!.localisation!.loc).toBeGreaterThan(0.3);
  expect(onDog.methods[0]!.localisation!.loc).toBeLessThan(1);
});
