// Four animals, one in each quarter of a picture: each class's map must lie on its own.
import { expect, test } from './package-page.ts';

const quadrants = [
  { animal: 'German shepherd', classIdx: 235, column: 0, row: 0 },
  { animal: 'giant panda', classIdx: 388, column: 1, row: 0 },
  { animal: 'macaw', classIdx: 88, column: 0, row: 1 },
  { animal: 'hen', classIdx: 8, column: 1, row: 1 },
];

for (const method of ['grad-cam', 'grad-cam++'] as const) {
  test(`${method} finds each of four animals`, async ({ page }) => {
    const found = await page.evaluate(
      async ({ classes, method }) => {
        const explainer = await gradlens.load({ backend: 'cpu' });
        const bitmap = await createImageBitmap(await (await fetch('/samples/mosaic.png')).blob());
        const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
        context.drawImage(bitmap, 0, 0);
        const image = context.getImageData(0, 0, bitmap.width, bitmap.height);
        const explanations = await explainer.explainMany(image, classes, method, { inputSize: 448 });
        return explanations.map(({ map, width, height }) => {
          const energy = [0, 0, 0, 0];
          let hottest = 0;
          map.forEach((value, i) => {
            const quadrant = Number(i % width >= width / 2) + 2 * Number(i >= (height / 2) * width);
            energy[quadrant]! += value;
            if (value > map[hottest]!) hottest = i;
          });
          const total = energy.reduce((a, b) => a + b);
          return {
            column: Number(hottest % width >= width / 2),
            row: Number(hottest >= (height / 2) * width),
            shares: energy.map((value) => value / total),
          };
        });
      },
      { classes: quadrants.map(({ classIdx }) => classIdx), method },
    );
    quadrants.forEach(({ animal, column, row }, i) => {
      expect(found[i], animal).toMatchObject({ column, row });
      // A map that ignored the class would put a quarter of its energy there.
      expect(found[i]!.shares[column + 2 * row], animal).toBeGreaterThan(0.5);
    });
  });
}
