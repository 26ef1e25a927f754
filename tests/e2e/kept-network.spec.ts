// A network that is kept on this machine: opened again, by a link too, and forgotten.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Page, expect, test } from '@playwright/test';
import { withExternalData } from './onnx.ts';
import { root } from './package-page.ts';
import { fillStorage } from './storage.ts';
import { done, open, openSample } from './visit.ts';

const builtIn = await readFile(process.env.GRADLENS_MODEL!);
const card = (page: Page) => page.locator('dialog.card');
const kept = (page: Page) => card(page).locator('.kept li');
const settled = (page: Page) => expect(card(page)).toHaveAttribute('data-state', 'done', { timeout: 60_000 });

/** Opens a network in two files with labels of its own, and keeps it. */
async function keepOne(page: Page) {
  await open(page, 'class', '?backend=cpu&sample=dog');
  const { model, data } = withExternalData(builtIn, 'weights.data');
  const labels = Array.from({ length: 1000 }, (_, at) => `thing ${at}`).join('\n');
  await page.locator('#network-files').setInputFiles([
    { name: 'my net.onnx', mimeType: '', buffer: Buffer.from(model) },
    { name: 'weights.data', mimeType: '', buffer: Buffer.from(data) },
    { name: 'labels.txt', mimeType: '', buffer: Buffer.from(labels) },
  ]);
  await expect(page.locator('#answer-class')).toHaveText('thing 235');
  await page.locator('#network-card').click();
  await settled(page);
  await card(page).getByLabel('fitting').selectOption('letterbox');
  await settled(page);
  await card(page).getByRole('button', { name: 'Keep this network' }).click();
  await expect(kept(page)).toHaveCount(1);
  await expect(kept(page)).toContainText('9.');
}

test('its link opens it again, contract and labels with it', async ({ page }) => {
  await keepOne(page);
  await card(page).getByRole('button', { name: 'Close' }).click();
  await done(page);
  const answer = await page.locator('#answer').innerText();
  expect(new URL(page.url()).searchParams.get('network')).toBe('my net');
  await page.reload();
  await done(page);
  await expect(page.locator('#network-name')).toHaveText('my-net');
  expect(await page.locator('#answer').innerText()).toBe(answer);
  await page.locator('#network-card').click();
  await settled(page);
  await expect(card(page).getByLabel('fitting')).toHaveValue('letterbox');
  // What is said of it later is kept too.
  await card(page).getByLabel('fitting').selectOption('squash');
  await settled(page);
  await page.reload();
  await done(page);
  await page.locator('#network-card').click();
  await settled(page);
  await expect(card(page).getByLabel('fitting')).toHaveValue('squash');
});

test('it is opened from the card of another, and forgotten with one click', async ({ page }) => {
  await keepOne(page);
  await card(page).getByRole('button', { name: 'Close' }).click();
  await page.locator('#network-back').click();
  await expect(page.locator('#network-name')).toHaveText('EfficientNet-Lite0');
  await done(page);
  await page.locator('#network-card').click();
  await settled(page);
  await kept(page).getByRole('button', { name: 'my-net', exact: true }).click();
  await expect(page.locator('#network-name')).toHaveText('my-net');
  await settled(page);
  await expect(card(page).locator('.sees li').first()).toContainText('thing');
  await card(page).getByRole('button', { name: 'Forget my-net' }).click();
  await expect(kept(page)).toHaveCount(0);
  await expect(card(page).getByRole('button', { name: 'Keep this network' })).toBeVisible();
  const left = await page.evaluate(async () => {
    const names = [];
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('networks');
    for await (const name of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) names.push(name);
    return names;
  });
  expect(left).toEqual([]);
});

test('a link to one that is not here says so, and shows the built-in network', async ({ page }) => {
  await page.goto('./?backend=cpu&network=theirs&sample=dog&mode=class&class=3&layer=conv_7');
  await done(page);
  await expect(page.locator('#alert-text')).toContainText('“theirs”, which is not kept on this machine');
  await expect(page.locator('#alert-text')).not.toContainText('conv_7');
  await expect(page.locator('#answer-class')).toHaveText('German shepherd');
  expect(new URL(page.url()).searchParams.get('network')).toBeNull();
});

test('it is evaluated by the other page, at its own size', async ({ page }) => {
  await keepOne(page);
  await card(page).getByRole('link', { name: 'Evaluate' }).click();
  await expect(page.locator('#network')).toHaveText('Network: my-net');
  await expect(page.locator('#size')).toHaveText('The network’s own');
  await page.locator('#files').setInputFiles(['panda.webp', 'dog.webp'].map((name) => fileURLToPath(new URL(`www/samples/${name}`, root))));
  await page.locator('#start').click();
  await done(page);
  await expect(page.locator('#summary')).toContainText('at the network’s own size');
  await page.locator('#each summary').click();
  await expect(page.locator('#pictures')).toContainText('thing 388');
});

test('where there is no room for it nothing is kept, which is said, and it goes on', { tag: '@chromium' }, async ({ page }) => {
  await open(page, 'class', '?backend=cpu&sample=dog');
  await page.locator('#network-files').setInputFiles([{ name: 'my net.onnx', mimeType: '', buffer: builtIn }]);
  await done(page);
  await page.locator('#network-card').click();
  await settled(page);
  await fillStorage(page);
  await card(page).getByRole('button', { name: 'Keep this network' }).click();
  await expect(page.getByText('There is no room')).toBeVisible();
  await expect(kept(page)).toHaveCount(0);
  await expect(card(page).getByRole('button', { name: 'Keep this network' })).toBeEnabled();
  await expect(page.locator('#answer-class')).toHaveText('German shepherd');
});

test('one that another tab forgets, or the browser clears, goes on until the page is left, and is missed then', async ({ page, context }) => {
  await keepOne(page);
  const other = await context.newPage();
  await open(other, 'class', '?backend=cpu&sample=cat');
  await other.locator('#network-card').click();
  await settled(other);
  await card(other).getByRole('button', { name: 'Forget my-net' }).click();
  await expect(kept(other)).toHaveCount(0);
  await other.close();
  // What the tab has loaded it has.
  await card(page).getByRole('button', { name: 'Close' }).click();
  await openSample(page, 'panda');
  await expect(page.locator('#answer-class')).toHaveText('thing 388');
  await page.locator('#network-card').click();
  await card(page).getByLabel('fitting').selectOption('squash');
  await settled(page);
  await expect(card(page).locator('.problem')).toHaveText('');
  await expect(card(page).getByRole('button', { name: 'Keep this network' })).toBeVisible();
  await page.reload();
  await done(page);
  await expect(page.locator('#alert-text')).toContainText('“my net”, which is not kept on this machine');
  await expect(page.locator('#network-name')).toHaveText('EfficientNet-Lite0');
});

test('two tabs that keep a network of one name at once keep one of the two, whole', async ({ page, context }) => {
  const other = await context.newPage();
  const tabs: [tab: Page, thing: string][] = [[page, 'one'], [other, 'two']];
  for (const [tab, thing] of tabs) {
    await open(tab, 'class', '?backend=cpu&sample=dog');
    const labels = Array.from({ length: 1000 }, (_, at) => `${thing} ${at}`).join('\n');
    await tab.locator('#network-files').setInputFiles([
      { name: 'my net.onnx', mimeType: '', buffer: builtIn },
      { name: 'labels.txt', mimeType: '', buffer: Buffer.from(labels) },
    ]);
    await expect(tab.locator('#answer-class')).toHaveText(`${thing} 235`);
    await tab.locator('#network-card').click();
    await settled(tab);
  }
  await Promise.all(tabs.map(([tab]) => card(tab).getByRole('button', { name: 'Keep this network' }).click()));
  await Promise.all(tabs.map(([tab]) => expect(kept(tab)).toHaveCount(1)));
  await other.close();
  await page.reload();
  await done(page);
  await expect(page.locator('#network-name')).toHaveText('my-net');
  await expect(page.locator('#answer-class')).toHaveText(/^(one|two) 235$/);
});

test('where the browser lets the page keep nothing, as in Firefox’s private windows, the card says so and works', async ({ page }) => {
  await page.addInitScript(() => {
    StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException('The operation is insecure.', 'SecurityError'));
  });
  await open(page, 'class', '?backend=cpu&sample=dog');
  await page.locator('#network-files').setInputFiles([{ name: 'my net.onnx', mimeType: '', buffer: builtIn }]);
  await done(page);
  await page.locator('#network-card').click();
  await settled(page);
  await expect(card(page).getByText('This browser lets the page keep no files.')).toBeVisible();
  await expect(card(page).getByRole('button', { name: 'Keep this network' })).toBeHidden();
  await card(page).getByRole('button', { name: 'Close' }).click();
  await openSample(page, 'panda');
  await expect(page.locator('#answer-class')).toHaveText(/panda/i);
  await page.goto('./?backend=cpu&network=theirs&sample=dog');
  await expect(page.locator('#alert-text')).toContainText('“theirs”, which is not kept on this machine');
});
