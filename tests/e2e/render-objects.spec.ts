// Objects in colours: each in its own where it is strongest, all together or one alone.
import type { DetectedObject } from '../../pkg/src/index.ts';
import { expect, test } from './package-page.ts';

test('each object has its colour where its map is highest', async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const explainer = await gradlens.load({ backend: 'cpu' });
    const image = await sample('mosaic.png');
    const explanations = await explainer.explainMany(image, [388, 88], 'grad-cam++', { inputSize: 448 });
    const objects = explanations.map((explanation) => ({ explanation }) as DetectedObject);

    const { objectPalette: palette, renderObjects } = gradlens;
    const both = renderObjects(objects, { opacity: 1 });
    const second = renderObjects(objects, { opacity: 1, only: 1 });
    const own = renderObjects(objects, { opacity: 1, palette: [[1, 2, 3]] });
    // As seen over a black picture: clear pixels may have any colour.
    const seenAt = async (overlay: ImageData, width: number, height: number) => {
      const context = new OffscreenCanvas(width, height).getContext('2d')!;
      context.fillRect(0, 0, width, height);
      context.imageSmoothingQuality = 'high';
      context.drawImage(await createImageBitmap(overlay), 0, 0, width, height);
      return context.getImageData(0, 0, width, height).data;
    };
    const half = renderObjects(objects, { width: 224 });
    const whole = await seenAt(renderObjects(objects), 224, 224);
    const peaks = explanations.map(({ map }) => map.indexOf(map.reduce((most, value) => Math.max(most, value))));
    const at = ({ data }: ImageData, pixel: number) => Array.from(data.subarray(4 * pixel, 4 * pixel + 4));
    return {
      size: [both.width, both.height],
      colours: palette.slice(0, 2).map((colour) => [...colour, 255]),
      together: peaks.map((peak) => at(both, peak)),
      alone: peaks.map((peak) => at(second, peak)),
      own: peaks.map((peak) => at(own, peak)),
      clear: renderObjects(objects, { opacity: 0 }).data.every((value, i) => i % 4 < 3 || value === 0),
      half: [half.width, half.height],
      halfOff: (await seenAt(half, 224, 224)).reduce((sum, value, i) => sum + Math.abs(value - whole[i]!), 0) / whole.length,
      none: Array.from(renderObjects([]).data),
    };
  });
  expect(seen.size).toEqual([448, 448]);
  expect(seen.together).toEqual(seen.colours);
  expect(seen.alone[1]).toEqual(seen.colours[1]);
  expect(seen.alone[0]![3]).toBeLessThan(seen.together[0]![3]! / 2);
  expect(seen.own).toEqual([[1, 2, 3, 255], [1, 2, 3, 255]]);
  expect(seen.clear).toBe(true);
  expect(seen.half).toEqual([224, 224]);
  expect(seen.halfOff).toBeLessThan(4);
  expect(seen.none).toEqual([0, 0, 0, 0]);
});
