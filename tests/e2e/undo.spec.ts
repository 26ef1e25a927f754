// The way back to the photo before.
import { readFile } from 'node:fs/promises';
import { type Page, expect, test } from '@playwright/test';
import { root } from './package-page.ts';
import { done, open, openSample } from './visit.ts';

const undo = (page: Page) => page.locator('#undo');
const pressed = (page: Page) => page.locator('#samples [aria-pressed=true]');
const pixels = (page: Page) => page.locator('#picture').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());

test('a button brings the photo back, its class and its classes', async ({ page }) => {
  await open(page, 'class', '?backend=cpu&sample=dog');
  await expect(undo(page)).toBeDisabled();
  await page.locator('#classes button').nth(2).click();
  await done(page);
  const before = {
    pixels: await pixels(page),
    classes: await page.locator('#classes').innerText(),
    answer: await page.locator('#answer').innerText(),
  };

  await openSample(page, 'panda');
  await page.locator('#file').setInputFiles({
    name: 'mine.webp',
    mimeType: 'image/webp',
    buffer: await readFile(new URL('www/samples/koala.webp', root)),
  });
  await expect(page.locator('#answer-class')).toHaveText(/koala/i);
  await expect(pressed(page)).toHaveCount(0);

  await undo(page).click();
  await expect(pressed(page)).toHaveAttribute('data-sample', 'panda');
  await undo(page).click();
  await expect(pressed(page)).toHaveAttribute('data-sample', 'dog');
  await done(page);
  expect(await pixels(page)).toBe(before.pixels);
  expect(await page.locator('#classes').innerText()).toBe(before.classes);
  expect(await page.locator('#answer').innerText()).toBe(before.answer);
  await expect(undo(page)).toBeDisabled();
});

for (const key of ['Control+z', 'Meta+z']) {
  test(`${key} brings it back, but not while a class is typed`, async ({ page }) => {
    await open(page, 'class', '?backend=cpu&sample=dog');
    await openSample(page, 'panda');
    await page.locator('#class-query').focus();
    await page.keyboard.press(key);
    await expect(pressed(page)).toHaveAttribute('data-sample', 'panda');
    await page.locator('#show').focus();
    await page.keyboard.press(key);
    await expect(pressed(page)).toHaveAttribute('data-sample', 'dog');
    await expect(page.locator('#answer-class')).toHaveText('German shepherd');
  });
}

test('a file that is no picture is no step', async ({ page }) => {
  await open(page, 'class', '?backend=cpu&sample=dog');
  await page.locator('#file').setInputFiles({ name: 'x.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no') });
  await expect(page.locator('#alert')).toBeVisible();
  await expect(undo(page)).toBeDisabled();
});
