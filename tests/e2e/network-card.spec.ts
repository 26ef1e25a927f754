// The network's card: what it is, what it is taken to expect of pictures, and what it sees then.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Page, expect, test } from '@playwright/test';
import { root } from './package-page.ts';
import { done, open } from './visit.ts';

const models = new URL('../shared/models/', root);
const model = (name: string) => fileURLToPath(new URL(name, models));
const builtIn = { name: 'mine.onnx', mimeType: '', buffer: await readFile(process.env.GRADLENS_MODEL!) };

const card = (page: Page) => page.locator('dialog.card');
const field = (page: Page, name: string | RegExp) => card(page).getByLabel(name);
const sees = (page: Page) => card(page).locator('.sees li').first();
const settled = (page: Page) => expect(card(page)).toHaveAttribute('data-state', 'done', { timeout: 60_000 });

async function openCard(page: Page, files: Parameters<ReturnType<Page['locator']>['setInputFiles']>[0], name: string, sample = 'dog') {
  await open(page, 'class', `?backend=cpu&sample=${sample}`);
  await page.locator('#network-files').setInputFiles(files);
  await expect(page.locator('#network-name')).toHaveText(name);
  await done(page);
  await page.locator('#network-card').click();
  await settled(page);
}

test('the built-in network has a card, and its contract is not to be changed', async ({ page }) => {
  await open(page, 'class', '?backend=cpu&sample=dog');
  await page.locator('#network-card').click();
  await settled(page);
  await card(page).locator('summary').click();
  await expect(card(page).locator('dl')).toContainText('EfficientNet-Lite0');
  await expect(card(page).locator('dl')).toContainText(/Parameters4\.7 million/);
  await expect(card(page).locator('dl')).toContainText(/Conv 49/);
  await expect(field(page, 'order of colours')).toBeDisabled();
  await expect(sees(page)).toHaveText(/German shepherd/);
});

test('what the visitor gives changes what is seen, in the card and behind it', async ({ page }) => {
  await openCard(page, builtIn, 'mine');
  await expect(sees(page)).toHaveText(/German shepherd/);
  await field(page, 'order of colours').selectOption('bgr');
  await settled(page);
  await expect(sees(page)).not.toHaveText(/^German shepherd \d\d\.\d%$/);
  await expect(card(page).locator('.part').filter({ hasText: 'order of colours' }).locator('.source')).toHaveText('given');
  // The photo's red and blue have changed places in the picture of what the network gets.
  const [red, blue] = await card(page).locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    const sum = (channel: number) => data.reduce((total, value, at) => total + (at % 4 === channel ? value : 0), 0);
    return [sum(0), sum(2)];
  });
  expect(blue).toBeGreaterThan(red!);
  const first = (await sees(page).innerText()).split('\n')[0]!;
  await card(page).getByRole('button', { name: 'Close' }).click();
  await done(page);
  await expect(page.locator('#classes button').first()).toContainText(first);
});

test('the class that was chosen stays while parts are changed', async ({ page }) => {
  await openCard(page, builtIn, 'mine');
  await card(page).getByRole('button', { name: 'Close' }).click();
  await page.locator('#class-query').fill('golden retriever');
  await page.keyboard.press('Enter');
  await done(page);
  await page.locator('#network-card').click();
  await settled(page);
  await field(page, 'fitting').selectOption('squash');
  await settled(page);
  await card(page).getByRole('button', { name: 'Close' }).click();
  await done(page);
  await expect(page.locator('#answer-class')).toHaveText('golden retriever');
});

test('a part that the network cannot do with is said in the card, and what was stays', async ({ page }) => {
  await openCard(page, builtIn, 'mine');
  await field(page, 'Deviation of red').fill('0');
  await field(page, 'Deviation of red').press('Tab');
  await expect(card(page).getByRole('alert')).not.toBeEmpty();
  await settled(page);
  await expect(sees(page)).toHaveText(/German shepherd/);
});

test('the picture is shown as the network gets it: squeezed, its middle, whole with gray beside it', async ({ page }) => {
  await openCard(page, builtIn, 'mine');
  const size = () => card(page).locator('canvas').evaluate(({ width, height }: HTMLCanvasElement) => [width, height]);
  expect((await size())[1]).toBe(224);
  expect((await size())[0]).toBeGreaterThan(224);
  await field(page, 'fitting').selectOption('letterbox');
  await settled(page);
  expect(await size()).toEqual([224, 224]);
  const corner = await card(page).locator('canvas').evaluate((canvas: HTMLCanvasElement) => Array.from(canvas.getContext('2d')!.getImageData(3, 3, 1, 1).data));
  expect(corner).toEqual([114, 114, 114, 255]);
});

test.describe('networks of others', () => {
  test.skip(!existsSync(models), 'the networks are for testing only and do not come with the project');

  test('ImageNet’s labels are offered, with the background before them', async ({ page }) => {
    await openCard(page, model('mobilenet_v2_1.0_224_f32.onnx'), 'mobilenet_v2_1.0_224_f32');
    await expect(sees(page)).toHaveText(/class 236/);
    await card(page).getByRole('button', { name: 'Use ImageNet’s labels' }).click();
    await expect(sees(page)).toHaveText(/German shepherd/);
    await expect(card(page).getByRole('button', { name: 'Use ImageNet’s labels' })).toBeHidden();
  });

  test('the presets are tried, the right one comes first or second, and it is used by a press', async ({ page }) => {
    await openCard(page, model('SqueezeNet_fp16.onnx'), 'SqueezeNet_fp16', 'panda');
    await card(page).getByRole('button', { name: 'Try the presets' }).click();
    const trials = card(page).locator('.trials li');
    // Nine presets give five kinds of values.
    await expect(trials).toHaveCount(5, { timeout: 90_000 });
    await expect(trials.locator('button')).toHaveCount(9);
    const lines = await trials.allInnerTexts();
    expect(lines.findIndex((line) => line.includes('Keras “caffe”'))).toBeLessThan(2);
    await trials.locator('button').filter({ hasText: 'caffe' }).click();
    await settled(page);
    await expect(field(page, 'order of colours')).toHaveValue('bgr');
    await expect(field(page, 'As for')).toHaveValue('kerasCaffe');
    await expect(sees(page)).toHaveText(/class 388/);
  });
});
