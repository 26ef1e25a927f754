// Average Drop, Increase in Confidence and Win over a folder of photos, against reference values.
// The folder is named by GRADLENS_PHOTOS; it holds photos/ and faithfulness.json.
import { readFile, readdir } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { expect, test } from './package-page.ts';

interface Reference {
  summary: Record<string, { average_drop_percent: number; increase_percent: number; win_percent: number }>;
  photos: Record<string, { class: number; Y: number; [method: string]: number }>;
}

const { GRADLENS_PHOTOS: folder } = process.env;

test('the paper\'s table agrees with the reference', async ({ page }) => {
  test.skip(!folder, 'the photos are for measuring only and do not come with the project');
  test.setTimeout(1_200_000);
  const base = pathToFileURL(`${folder}/`);
  const reference = JSON.parse(await readFile(new URL('faithfulness.json', base), 'utf8')) as Reference;
  const names = (await readdir(new URL('photos/', base))).filter((name) => name in reference.photos);
  await page.route('**/test/photos/*', async (route) => {
    const name = route.request().url().split('/').at(-1)!;
    await route.fulfill({ contentType: 'image/jpeg', body: await readFile(new URL(`photos/${name}`, base)) });
  });
  const { methods, wins, photos } = await page.evaluate(async (names) => {
    const explainer = await gradlens.load({ backend: 'cpu', model: '/test/f32.onnx' });
    const summary = new gradlens.FaithfulnessSummary();
    for (const name of names) {
      const image = await sample(`../test/photos/${name}`);
      const options = { layer: 'features', inputSize: { width: 224, height: 224 } } as const;
      summary.add(name, await explainer.faithfulness(image, null, ['grad-cam', 'grad-cam++'], options));
    }
    return { methods: summary.methods, wins: summary.wins, photos: [...summary.pictures] };
  }, names);

  const close = photos.filter(({ name, result }) => {
    const expected = reference.photos[name]!;
    const differences = result.methods.flatMap(({ method, confidence, maskedConfidence }) => [
      Math.abs(confidence - expected.Y),
      Math.abs(maskedConfidence - expected[method]!),
    ]);
    return result.classIdx === expected.class && Math.max(...differences) <= 0.02;
  });
  console.log(`    ${photos.length} photos, ${close.length} within 0.02`, methods, wins);
  expect(photos.length).toBe(names.length);
  expect(close.length / photos.length).toBeGreaterThanOrEqual(0.95);
  for (const { method, averageDrop, increaseInConfidence } of methods) {
    const expected = reference.summary[method]!;
    expect(Math.abs(averageDrop! - expected.average_drop_percent)).toBeLessThanOrEqual(1);
    expect(Math.abs(increaseInConfidence - expected.increase_percent)).toBeLessThanOrEqual(1);
  }
  expect(Math.abs(wins[0]!.firstWins - reference.summary['grad-cam']!.win_percent)).toBeLessThanOrEqual(1);
  expect(Math.abs(wins[0]!.secondWins - reference.summary['grad-cam++']!.win_percent)).toBeLessThanOrEqual(1);
});
