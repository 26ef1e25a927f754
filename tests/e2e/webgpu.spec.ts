// Objects and faithfulness on WebGPU: what the CPU finds, too.
import { expect, test } from './package-page.ts';

test('webgpu finds the objects and the drops that the CPU finds', async ({ page }) => {
  test.setTimeout(600_000);
  const [cpu, webgpu] = await page.evaluate(async () => {
    const image = await sample('mosaic.png');
    const answers = async (backend: 'cpu' | 'webgpu') => {
      const explainer = await gradlens.load({ backend });
      const objects = await explainer.explainObjects(image, { inputSize: 320 });
      const drops = await explainer.faithfulness(image, 388, ['grad-cam', 'cam'], { inputSize: 96, curveSteps: 2 });
      return {
        backend: explainer.backend,
        objects: objects.map(({ classIdx }) => classIdx),
        scores: objects.map(({ score }) => score),
        boxes: objects.flatMap(({ box }) => Object.values(box!) as number[]),
        drops: drops.methods.flatMap(({ maskedConfidence, drop, deletion, insertion }) => [
          maskedConfidence,
          drop,
          deletion!.area,
          insertion!.area,
        ]),
      };
    };
    return [await answers('cpu'), await answers('webgpu')];
  });
  expect([cpu!.backend, webgpu!.backend]).toEqual(['cpu', 'webgpu']);
  expect(cpu!.objects.length).toBeGreaterThan(1);
  expect(webgpu!.objects).toEqual(cpu!.objects);
  const differences = (a: number[], b: number[]) => Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
  expect(differences(webgpu!.scores, cpu!.scores)).toBeLessThan(1e-3);
  expect(differences(webgpu!.drops, cpu!.drops)).toBeLessThan(1e-3);
  // A box may gain or lose a row of the grid that regions are resolved on, where a value is at the threshold.
  expect(differences(webgpu!.boxes, cpu!.boxes)).toBeLessThan(10);
});
