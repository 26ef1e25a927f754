// What is in a photo and where: each object by a class that is there, in the place where it is.
import type { Page } from '@playwright/test';
import type { ObjectsOptions } from '../../pkg/src/index.ts';
import { expect, test } from './package-page.ts';

test.beforeEach(async ({ page }) => {
  await page.evaluate(async () => {
    globalThis.explainer = await gradlens.load({ backend: 'cpu' });
  });
});

function objectsOf(page: Page, file: string, options: ObjectsOptions = {}) {
  return page.evaluate(
    async ({ file, options }) => {
      const image = await sample(file);
      const objects = await explainer.explainObjects(image, options);
      return objects.map(({ classIdx, label, score, box, regions, alternatives, map }) => {
        const { x, y, width, height } = box!;
        return {
          classIdx,
          label,
          score,
          x: (x + width / 2) / image.width,
          y: (y + height / 2) / image.height,
          inside: x >= 0 && y >= 0 && x + width <= image.width && y + height <= image.height,
          regions: regions.length,
          peak: regions[0]?.peak,
          alternatives: alternatives.map((alternative) => alternative.classIdx),
          whole: map.length === image.width * image.height,
        };
      });
    },
    { file, options },
  );
}

const quarters = [
  { animal: 'German shepherd', classes: [235], column: 0, row: 0 },
  { animal: 'giant panda', classes: [388], column: 1, row: 0 },
  { animal: 'macaw', classes: [88], column: 0, row: 1 },
  { animal: 'hen or cock', classes: [7, 8], column: 1, row: 1 },
];

test('each of four animals is an object in its own quarter', async ({ page }) => {
  const objects = await objectsOf(page, 'mosaic.png');
  for (const { animal, classes, column, row } of quarters) {
    const found = objects.find(({ classIdx }) => classes.includes(classIdx));
    expect(found, animal).toBeDefined();
    expect(Math.floor(found!.x * 2), animal).toBe(column);
    expect(Math.floor(found!.y * 2), animal).toBe(row);
  }
});

test('objects are sorted by score, lie in the photo and share no class', async ({ page }) => {
  const objects = await objectsOf(page, 'mosaic.png');
  const scores = objects.map(({ score }) => score);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
  const classes = objects.flatMap(({ classIdx, alternatives }) => [classIdx, ...alternatives]);
  expect(new Set(classes).size).toBe(classes.length);
  for (const object of objects) {
    expect(object).toMatchObject({ inside: true, whole: true });
    expect(object.regions).toBeGreaterThan(0);
    expect(object.peak).toBeGreaterThan(0.9);
  }
});

test('one dog is one object', async ({ page }) => {
  const objects = await objectsOf(page, 'dog.webp');
  expect(objects).toHaveLength(1);
  // ImageNet's domestic dogs.
  expect(objects[0]!.classIdx).toBeGreaterThanOrEqual(151);
  expect(objects[0]!.classIdx).toBeLessThanOrEqual(268);
});

test('no more objects than asked for, and none below the score asked for', async ({ page }) => {
  const two = await objectsOf(page, 'mosaic.png', { maxObjects: 2 });
  expect(two).toHaveLength(2);
  const least = two[1]!.score;
  const sure = await objectsOf(page, 'mosaic.png', { minScore: least });
  expect(sure.length).toBeGreaterThan(0);
  for (const { score } of sure) expect(score).toBeGreaterThanOrEqual(least);
});
