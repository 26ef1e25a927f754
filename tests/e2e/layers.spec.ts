// The maps of one class at every layer.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Page, expect, test } from '@playwright/test';
import { root } from './package-page.ts';
import { done, open, openSample } from './visit.ts';

const models = new URL('../shared/models/', root);
const tiles = (page: Page) => page.locator('#layers button');
const chosen = (page: Page) => page.locator('#layers [aria-pressed=true]');
const query = (page: Page) => new URL(page.url()).searchParams;
/** Whether a tile shows more than the photo. */
const isPainted = (page: Page, layer: string) =>
  page.locator(`#layers [data-layer="${layer}"]`).evaluate((button) => / evidence/.test(button.getAttribute('aria-label')!));

test('the layers stand in network order, and those in sight have their maps', async ({ page }) => {
  await open(page, 'layers', '?backend=cpu&sample=dog');
  const names = await tiles(page).evaluateAll((all) => all.map((each) => (each as HTMLElement).dataset.layer));
  expect(names.length).toBeGreaterThan(80);
  expect(names.slice(0, 2)).toEqual(['image', 'stem.linear']);
  expect(names.at(-1)).toBe('head');
  await expect(chosen(page)).toHaveAttribute('data-layer', 'features');
  await expect(chosen(page)).toContainText('7 × 7');
  await expect(page.locator('#answer-text')).toContainText('At layer features, 7 × 7.');
  await expect.poll(() => isPainted(page, 'head')).toBe(true);
  // Nobody sees the first ones yet.
  expect(await isPainted(page, 'stem.linear')).toBe(false);
  await page.locator('#layers').evaluate((strip) => { strip.scrollLeft = 0; });
  await expect.poll(() => isPainted(page, 'stem.linear')).toBe(true);
  await done(page);
});

test('a press shows a layer large; the address and the download name it', async ({ page }) => {
  await open(page, 'layers', '?backend=cpu&sample=dog');
  const before = await page.locator('#overlay').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  await page.locator('#layers [data-layer="blocks.15.depthwise.output"]').click();
  await expect(page.locator('#answer-text')).toContainText('At layer blocks.15.depthwise.output');
  await done(page);
  expect(await page.locator('#overlay').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL())).not.toBe(before);
  expect(query(page).get('layer')).toBe('blocks.15.depthwise.output');
  expect(query(page).get('mode')).toBe('layers');
  await page.locator('#downloads summary').click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-save=npy]:visible').click()]);
  expect(download.suggestedFilename()).toBe('dog-German-shepherd-grad-cam++-blocks.15.depthwise.output-map.npy');
  await page.reload();
  await done(page);
  await expect(chosen(page)).toHaveAttribute('data-layer', 'blocks.15.depthwise.output');
});

test('the strip is one stop of the Tab key, and the arrows go along it', async ({ page }) => {
  await open(page, 'layers', '?backend=cpu&sample=dog');
  await expect(page.locator('#layers [tabindex="0"]')).toHaveCount(1);
  await chosen(page).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('#layers :focus')).toHaveAttribute('data-layer', 'head');
  await page.keyboard.press('Enter');
  await expect(chosen(page)).toHaveAttribute('data-layer', 'head');
  await page.keyboard.press('Home');
  await expect(page.locator('#layers :focus')).toHaveAttribute('data-layer', 'image');
});

test('another photo has maps of its own, and CAM has one layer', async ({ page }) => {
  await open(page, 'layers', '?backend=cpu&sample=dog');
  await openSample(page, 'panda');
  await expect(page.locator('#answer-class')).toHaveText(/panda/i);
  await expect(tiles(page).nth(80)).toBeAttached();
  await page.locator('input[name=method][value=cam]').check({ force: true });
  await expect(tiles(page)).toHaveCount(1);
  await expect(chosen(page)).toHaveAttribute('data-layer', 'head');
  await done(page);
});

test('the layers of a network of others', async ({ page }) => {
  test.skip(!existsSync(models), 'the networks are for testing only and do not come with the project');
  await open(page, 'layers', '?backend=cpu&sample=dog&layer=features');
  await page.locator('#network-files').setInputFiles(fileURLToPath(new URL('tm_catdog.onnx', models)));
  await expect(page.locator('#network-name')).toHaveText('tm_catdog');
  await done(page);
  // It has no layer of the name that was chosen.
  expect(query(page).get('layer')).toBeNull();
  await expect(chosen(page)).toHaveCount(1);
  await tiles(page).nth(-1).click();
  await expect(page.locator('#answer-text')).toContainText('At layer');
  await done(page);
  expect(query(page).get('layer')).toBe(await chosen(page).getAttribute('data-layer'));
});
