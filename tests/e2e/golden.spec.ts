// The built package against float64 references, in the browser, with each of its modules.
import { readFile } from 'node:fs/promises';
import { expect, root, test } from './package-page.ts';
import { floats, readTensors } from './safetensors.ts';

const tolerance = 2e-3;
const pictures = [
  'chelsea_224x224',
  'lemur_224x224',
  'chelsea_320x480',
  'chicken_320x480',
  'coffee_320x320',
  'mosaic_448x448',
];
const methods = ['cam', 'grad-cam', 'grad-cam++', 'hires-cam', 'layer-cam', 'xgrad-cam'] as const;
const layers = ['features', 'head'] as const;
const modules = [
  { name: 'cpu', backend: 'cpu', file: 'cpu/gradlens_bg.wasm' },
  { name: 'cpu with relaxed SIMD', backend: 'cpu', file: 'cpu/gradlens_relaxed_bg.wasm' },
  { name: 'webgpu', backend: 'webgpu', file: 'webgpu/gradlens_bg.wasm' },
] as const;

function normalised(map: ArrayLike<number>): number[] {
  const values = Array.from(map);
  const top = Math.max(...values);
  return values.map((value) => (top > 0 ? value / top : 0));
}

for (const { name, backend, file } of modules) {
  for (const picture of pictures) {
    test(`${name}: ${picture} matches the reference`, async ({ page }) => {
      test.setTimeout(600_000);
      const golden = readTensors(await readFile(new URL(`tests/golden/${picture}.safetensors`, root)));
      const { shape, bytes } = golden.get('rgb_u8')!;
      const [height, width] = shape as [number, number];
      const rgb = Buffer.from(bytes).toString('base64');
      await page.evaluate(
        async ({ backend, file }) => {
          const wasmUrl = { [backend]: `/gradlens/dist/wasm/${file}` };
          globalThis.explainer = await gradlens.load({ backend, wasmUrl, model: '/test/f32.onnx' });
        },
        { backend, file },
      );
      expect(await page.evaluate(() => explainer.backend)).toBe(backend);

      let worst = 0;
      for (const layer of layers) {
        for (const method of methods) {
          const prefix = `${method}.${layer}.`;
          const classes = [...golden.keys()].filter((name) => name.startsWith(prefix)).map((name) => Number(name.slice(prefix.length)));
          // xgrad-cam at "features" divides by sums near zero: see its documentation.
          if (classes.length === 0 || prefix === 'xgrad-cam.features.') continue;
          const maps = await page.evaluate(
            async ({ rgb, width, height, classes, method, layer }) => {
              const image = new ImageData(width, height);
              const bytes = atob(rgb);
              for (let i = 0; i < width * height; i++) {
                for (let c = 0; c < 3; c++) image.data[4 * i + c] = bytes.charCodeAt(3 * i + c);
                image.data[4 * i + 3] = 255;
              }
              const options = { layer, inputSize: { width, height } };
              const explanations = await explainer.explainMany(image, classes, method, options);
              return explanations.map(({ raw }) => Array.from(raw));
            },
            { rgb, width, height, classes, method, layer },
          );
          classes.forEach((classIdx, i) => {
            const actual = normalised(maps[i]!);
            const expected = normalised(floats(golden.get(`${prefix}${classIdx}`)!));
            expect(actual.length).toBe(expected.length);
            const difference = Math.max(...actual.map((value, at) => Math.abs(value - expected[at]!)));
            expect(difference, `${prefix}${classIdx}`).toBeLessThan(tolerance);
            worst = Math.max(worst, difference);
          });
        }
      }
      expect(worst).toBeGreaterThan(0);
      test.info().annotations.push({ type: 'largest difference', description: worst.toExponential(1) });
      console.log(`    largest difference ${worst.toExponential(1)}`);
    });
  }
}
