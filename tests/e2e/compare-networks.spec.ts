// The same photo by several networks, side by side.
import { readFile } from 'node:fs/promises';
import { type Page, expect, test } from '@playwright/test';
import { choose, done, main, modeSwitch, open, openSample } from './visit.ts';

const builtIn = await readFile(process.env.GRADLENS_MODEL!);
const tiles = (page: Page) => page.locator('#networks button');
const tile = (page: Page, name: string) => page.locator(`#networks [data-network="${name}"]`);
/** Whether a tile shows more than the photo. */
const isPainted = (page: Page, name: string) => tile(page, name).locator('canvas').getAttribute('aria-label').then((label) => /evidence/.test(label!));
const examples = ['EfficientNet-Lite1', 'EfficientNet-Lite2'];

/** Opens the built-in network as one of the visitor's, with labels of its own. */
async function openMine(page: Page) {
  await open(page, 'class', '?backend=cpu&sample=dog');
  const labels = Array.from({ length: 1000 }, (_, at) => `thing ${at}`).join('\n');
  await page.locator('#network-files').setInputFiles([
    { name: 'mine.onnx', mimeType: '', buffer: builtIn },
    { name: 'labels.txt', mimeType: '', buffer: Buffer.from(labels) },
  ]);
  await expect(page.locator('#answer-class')).toHaveText('thing 235');
  await done(page);
}

test('nothing of it is fetched before it is asked for, and no example before it is pressed', async ({ page }) => {
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  await open(page, 'class', '?backend=cpu&sample=dog');
  expect(fetched.filter((path) => /network\/(comparison|rivals|examples)|networks\//.test(path))).toEqual([]);
  await choose(page, 'networks');
  expect(fetched.filter((path) => path.includes('/networks/'))).toEqual([]);
  expect(await tiles(page).evaluateAll((all) => all.map((each) => (each as HTMLElement).dataset.network))).toEqual(['EfficientNet-Lite0', ...examples]);
  await expect(tile(page, 'EfficientNet-Lite0')).toContainText('German shepherd');
  expect(await isPainted(page, 'EfficientNet-Lite0')).toBe(true);
  await expect(tile(page, 'EfficientNet-Lite1')).toContainText(/1\d\.\d MB: press to load it/);
});

test('the example networks see the dog too, each with a map, and one is chosen by another press', async ({ page }) => {
  await open(page, 'networks', '?backend=cpu&sample=dog');
  for (const name of examples) {
    await tile(page, name).click();
    await expect(tile(page, name)).toContainText(/German shepherd, \d/, { timeout: 60_000 });
    await done(page);
    expect(await isPainted(page, name)).toBe(true);
  }
  await expect(page.locator('#answer-text')).toContainText(/EfficientNet-Lite0: German shepherd, .*EfficientNet-Lite2: German shepherd/);
  expect(page.workers()).toHaveLength(3);
  // Of another photo they answer at once.
  await openSample(page, 'panda');
  await expect(tile(page, 'EfficientNet-Lite2')).toContainText(/panda/i);
  await tile(page, 'EfficientNet-Lite1').click();
  await expect(page.locator('#network-name')).toHaveText('EfficientNet-Lite1');
  await done(page);
  await expect(main(page)).toHaveAttribute('data-mode', 'class');
  await expect(page.locator('#answer-class')).toHaveText(/panda/i);
  // Its file says all that there is to say.
  await expect(page.locator('#network-note')).toBeEmpty();
  await expect.poll(() => page.workers().length).toBe(1);
  // The address names it, and a network of the site is there for everybody.
  await page.reload();
  await done(page);
  await expect(page.locator('#network-name')).toHaveText('EfficientNet-Lite1');
  await expect(page.locator('#alert')).toBeHidden();
});

test('a network of the visitor’s stands beside the built-in one, each in its own words', async ({ page }) => {
  await openMine(page);
  await choose(page, 'networks');
  await expect(tile(page, 'mine')).toContainText('thing 235');
  await expect(tile(page, 'EfficientNet-Lite0')).toContainText('German shepherd');
  await page.locator('#downloads summary').click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-save=json]').click()]);
  expect(download.suggestedFilename()).toBe('dog-mine-thing-235-grad-cam++-networks.json');
  const { explanations } = JSON.parse(await readFile(await download.path(), 'utf8'));
  expect(explanations.map(({ network, label }: { network: string; label: string }) => [network, label])).toEqual([
    ['mine', 'thing 235'],
    ['EfficientNet-Lite0', 'German shepherd'],
  ]);
  // The built-in one goes with the mode.
  expect(page.workers()).toHaveLength(2);
  await choose(page, 'class');
  await expect.poll(() => page.workers().length).toBe(1);
});

test('the chosen class is looked for by its name', async ({ page }) => {
  await open(page, 'networks', '?backend=cpu&sample=dog&class=207');
  await tile(page, 'EfficientNet-Lite1').click();
  await expect(tile(page, 'EfficientNet-Lite1')).toContainText('golden retriever', { timeout: 60_000 });
  await expect(tile(page, 'EfficientNet-Lite0')).toContainText('golden retriever');
});

test('one that is kept is loaded by a press, and one that cannot be had says so', async ({ page }) => {
  await openMine(page);
  await page.locator('#network-card').click();
  await page.getByRole('button', { name: 'Keep this network' }).click();
  await expect(page.locator('dialog.card .kept li')).toHaveCount(1);
  await page.getByRole('button', { name: 'Close' }).click();
  await page.locator('#network-back').click();
  await expect(page.locator('#network-name')).toHaveText('EfficientNet-Lite0');
  await done(page);
  await choose(page, 'networks');
  await expect(tile(page, 'mine')).toContainText('press to load it');
  await tile(page, 'mine').click();
  await expect(tile(page, 'mine')).toContainText('thing 235');
  await page.route('**/networks/**', (route) => route.fulfill({ status: 404, body: '' }));
  await tile(page, 'EfficientNet-Lite1').click();
  await expect(tile(page, 'EfficientNet-Lite1')).toContainText('could not be loaded');
  await done(page);
  await expect(page.locator('#alert')).toBeHidden();
});

test('the address opens the mode', async ({ page }) => {
  await page.goto('./?backend=cpu&sample=dog&mode=networks');
  await done(page);
  await expect(modeSwitch(page, 'networks')).toBeChecked();
  await expect(tile(page, 'EfficientNet-Lite0')).toContainText('German shepherd');
  await expect(page.locator('#alert')).toBeHidden();
});
