// The address says what the page shows, and brings it back.
import { readFile } from 'node:fs/promises';
import { type Page, expect, test } from '@playwright/test';
import { root } from './package-page.ts';
import { choose, done, main, modeSwitch, open, openSample } from './visit.ts';

const query = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);

test('a link brings back sample, mode, class, method, layer and detail', async ({ page }) => {
  await page.goto('./?backend=cpu&sample=dog&mode=class&class=207&method=layer-cam&layer=head&detail=320');
  await done(page);
  await expect(page.locator('#samples [aria-pressed=true]')).toHaveAttribute('data-sample', 'dog');
  await expect(main(page)).toHaveAttribute('data-mode', 'class');
  await expect(page.locator('#answer-class')).toHaveText('golden retriever');
  await expect(page.locator('input[name=method]:checked')).toHaveValue('layer-cam');
  await expect(page.locator('#layer')).toHaveValue('head');
  await expect(page.locator('#detail')).toHaveValue('320');
  await expect(page.locator('#backend')).toHaveText(/CPU/);
  await expect(page.locator('#alert')).toBeHidden();
});

test('the address follows the visitor, and a reload shows the same', async ({ page }) => {
  await open(page, 'class');
  expect(query(page)).toEqual({ backend: 'cpu', sample: 'jaguar', mode: 'class', method: 'grad-cam++' });

  await openSample(page, 'dog');
  const second = page.locator('#classes button').nth(1);
  await second.click();
  await page.locator('input[name=method][value=hires-cam]').check({ force: true });
  await done(page);
  const classIdx = await second.getAttribute('data-class');
  await expect.poll(() => query(page)).toEqual({ backend: 'cpu', sample: 'dog', mode: 'class', class: classIdx, method: 'hires-cam' });

  const words = await page.locator('#answer').innerText();
  await page.reload();
  await done(page);
  expect(await page.locator('#answer').innerText()).toBe(words);

  await choose(page, 'objects');
  await expect.poll(() => query(page)).toEqual({ backend: 'cpu', sample: 'dog', mode: 'objects', method: 'hires-cam' });
});

test('a link brings back the other class, the second layer, and what speaks against', async ({ page }) => {
  // The golden retriever is none of the likeliest, of which the list offers the others.
  await page.goto('./?backend=cpu&sample=dog&mode=class&against=207&fused=head&negative=1');
  await done(page);
  await expect(page.locator('#answer-class')).toHaveText('German shepherd rather than golden retriever');
  await expect(page.locator('#fused')).toHaveValue('head');
  await expect(page.locator('#negative')).toBeChecked();
  await expect(page.locator('#ramp')).toHaveAttribute('data-colormap', 'diverging');
  await expect(page.locator('#alert')).toBeHidden();
  expect(query(page)).toEqual({ backend: 'cpu', sample: 'dog', mode: 'class', against: '207', method: 'grad-cam++', fused: 'head', negative: '1' });
  // Objects have none of these.
  await choose(page, 'objects');
  await expect.poll(() => query(page)).toEqual({ backend: 'cpu', sample: 'dog', mode: 'objects', method: 'grad-cam++' });
  await choose(page, 'class');
  // Another photo has other classes.
  await openSample(page, 'panda');
  await expect.poll(() => query(page)).toEqual({ backend: 'cpu', sample: 'panda', mode: 'class', method: 'grad-cam++', fused: 'head', negative: '1' });
});

test('what is chosen besides the class and the layer is in the address', async ({ page }) => {
  await open(page, 'class', '?backend=cpu&sample=dog');
  const other = await page.locator('#against option').nth(1).getAttribute('value');
  await page.locator('#against').selectOption(other);
  await done(page);
  await page.locator('#negative').check();
  await page.locator('.advanced summary').click();
  await page.locator('#fused').selectOption('stem.output');
  await done(page);
  await expect.poll(() => query(page)).toEqual({ backend: 'cpu', sample: 'dog', mode: 'class', against: other, method: 'grad-cam++', fused: 'stem.output', negative: '1' });
  const words = await page.locator('#answer').innerText();
  await page.reload();
  await done(page);
  expect(await page.locator('#answer').innerText()).toBe(words);
});

test('an own photo leaves the sample out', async ({ page }) => {
  await open(page, 'class');
  await page.locator('#file').setInputFiles({
    name: 'mine.webp',
    mimeType: 'image/webp',
    buffer: await readFile(new URL('www/samples/panda.webp', root)),
  });
  await expect(page.locator('#answer-class')).toHaveText(/panda/i);
  await done(page);
  expect(query(page)).toEqual({ backend: 'cpu', mode: 'class', method: 'grad-cam++' });
});

test('what the page does not have is named and left out', async ({ page }) => {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  const wrong = ['sample=unicorn', 'mode=xray', 'class=1000', 'against=1000', 'method="]', 'layer=tail', 'fused=fin', 'negative=no', 'detail=9'];
  await page.goto(`./?backend=cpu&${wrong.map((part) => part.replace('"]', '%22%5D')).join('&')}`);
  await done(page);
  for (const part of wrong) await expect(page.locator('#alert')).toContainText(part);
  await expect(page.locator('#samples [aria-pressed=true]')).toHaveAttribute('data-sample', 'jaguar');
  await expect(modeSwitch(page, 'objects')).toBeChecked();
  await expect(page.locator('input[name=method]:checked')).toHaveValue('grad-cam++');
  expect(query(page)).toEqual({ backend: 'cpu', sample: 'jaguar', mode: 'objects', method: 'grad-cam++' });
  expect(problems).toEqual([]);
});

test('another backend is chosen without losing the rest', async ({ page }) => {
  await page.goto('./?backend=quantum&sample=dog&mode=class');
  await expect(main(page)).toHaveAttribute('data-state', 'error');
  await page.locator('#alert-action').click();
  await done(page);
  expect(query(page)).toEqual({ sample: 'dog', mode: 'class', method: 'grad-cam++' });
});

test('the link can be copied', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, 'class');
  await page.locator('#copy-link').click();
  await expect(page.locator('#copy-link')).toHaveText('Link copied');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url());
});
