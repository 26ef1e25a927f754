// A photo larger than the page keeps it.
import { expect, test } from '@playwright/test';
import { contrastOfFineStripes } from './in-page.ts';

test('a large photo is scaled down without moire', async ({ page }) => {
  await page.goto('evaluate.html');
  const { width, height, contrast } = await page.evaluate(contrastOfFineStripes);
  expect([width, height]).toEqual([1600, 1200]);
  expect(contrast).toBeLessThan(64);
});
