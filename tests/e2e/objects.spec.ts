// All objects of a photo, each with its own map, and the methods side by side.
import { type Page, expect, test } from '@playwright/test';
import { choose, done, modeSwitch, open, openSample } from './visit.ts';

const greyPixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNoaGgAAAMEAYFL09IQAAAAAElFTkSuQmCC', 'base64');

const legend = (page: Page) => page.locator('#objects button');

/** How much of each quarter the overlay covers: the sum of its alpha. */
function quarters(page: Page): Promise<number[]> {
  return page.locator('#overlay').evaluate((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
    const sums = [0, 0, 0, 0];
    for (let i = 0; i < width * height; i++) {
      sums[Number(i % width >= width / 2) + 2 * Number(i >= (height / 2) * width)]! += data[4 * i + 3]!;
    }
    return sums;
  });
}

async function openMosaic(page: Page) {
  await open(page, 'objects');
  await openSample(page, 'mosaic');
}

test('opens with the objects of a sample', async ({ page }) => {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await page.goto('./?backend=cpu');
  await expect(modeSwitch(page, 'objects')).toBeChecked();
  await done(page);
  await expect(legend(page).first()).toContainText(/jaguar|leopard/);
  await expect(page.locator('#overlay')).toHaveAttribute('aria-label', /jaguar, in the middle, \d+\.\d%/);
  await expect(page.locator('#time')).toHaveText(/Objects in \d+ ms/);
  expect(problems).toEqual([]);
});

test('each of four animals has a colour, a tag and a place', async ({ page }) => {
  await openMosaic(page);
  const alternative = await page.locator('#overlay').getAttribute('aria-label');
  for (const animal of [/German shepherd/, /giant panda/, /macaw/, /hen/]) {
    await expect(legend(page).filter({ hasText: animal }).first()).toBeVisible();
    await expect(page.locator('.mark').filter({ hasText: animal }).first()).toBeVisible();
    expect(alternative).toMatch(animal);
  }
  expect(alternative).toMatch(/giant panda, at the upper right, /);
  const colours = await page.locator('#objects .number').evaluateAll((numbers) =>
    numbers.map((number) => getComputedStyle(number).backgroundColor));
  expect(new Set(colours).size).toBe(colours.length);
});

test('the map is painted as large as it is shown, but no larger than the photo', async ({ page }) => {
  await open(page, 'objects', '?backend=cpu&sample=dog');
  const widths = () => page.evaluate(() => {
    const width = (id: string) => document.querySelector<HTMLCanvasElement>(id)!.width;
    const shown = Math.round(document.querySelector('#plate')!.clientWidth * devicePixelRatio);
    return { map: width('#overlay'), photo: width('#picture'), shown };
  });
  const small = await widths();
  expect(small.map).toBe(small.shown);
  expect(small.map).toBeLessThan(small.photo);
  await page.setViewportSize({ width: 2400, height: 1600 });
  await expect.poll(async () => (await widths()).map).toBe(small.photo);
  expect((await widths()).shown).toBeGreaterThan(small.photo);
});

test('pointing at an object shows it alone', async ({ page }) => {
  await openMosaic(page);
  const all = await quarters(page);
  await legend(page).filter({ hasText: 'giant panda' }).hover();
  await expect.poll(async () => (await quarters(page))[2]! / all[2]!).toBeLessThan(0.5);
  const alone = await quarters(page);
  expect(alone[1]! / all[1]!).toBeGreaterThan(0.8);
  await expect(page.locator('.mark:visible').filter({ hasNotText: 'giant panda' }).filter({ hasText: /[a-z]/ })).toHaveCount(0);
  await page.locator('h1').hover();
  await expect.poll(() => quarters(page)).toEqual(all);
});

test('pressing an object opens its own map', async ({ page }) => {
  await openMosaic(page);
  const macaw = legend(page).filter({ hasText: 'macaw' });
  await macaw.click();
  await done(page);
  await expect(modeSwitch(page, 'class')).toBeChecked();
  await expect(modeSwitch(page, 'class')).toBeFocused();
  await expect(page.locator('#classes button[aria-pressed=true]')).toHaveAttribute('data-class', '88');
  await expect(page.locator('#answer-class')).toHaveText('macaw');
  await expect(page.locator('#detail')).toHaveValue('long 448');
  const covered = await quarters(page);
  expect(covered[2]).toBe(Math.max(...covered));
});

test('the modes and the objects can be used with the keyboard', async ({ page }) => {
  await openMosaic(page);
  const all = await quarters(page);
  await legend(page).first().focus();
  await expect.poll(() => quarters(page)).not.toEqual(all);
  await page.keyboard.press('Enter');
  await done(page);
  await expect(modeSwitch(page, 'class')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(modeSwitch(page, 'compare')).toBeChecked();
  await done(page);
  await page.locator('#compare button').nth(1).focus();
  await page.keyboard.press('Enter');
  await expect(modeSwitch(page, 'class')).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(modeSwitch(page, 'objects')).toBeChecked();
  await done(page);
  await expect(legend(page)).not.toHaveCount(0);
});

test('what belongs to another mode is hidden', async ({ page }) => {
  await open(page, 'objects');
  await expect(page.locator('#colormap')).toBeHidden();
  await expect(page.locator('#classes')).toBeHidden();
  await choose(page, 'class');
  await expect(page.locator('#objects')).toBeHidden();
  await expect(page.locator('#compare')).toBeHidden();
  await expect(page.locator('#colormap')).toBeVisible();
  await choose(page, 'compare');
  await expect(page.locator('#overlay')).toBeHidden();
  await expect(page.locator('.methods')).toBeHidden();
});

test('the detail of one class survives a look at the objects', async ({ page }) => {
  await open(page, 'class');
  await page.locator('.advanced summary').click();
  await page.locator('#detail').selectOption('320');
  await choose(page, 'objects');
  await expect(page.locator('#detail')).toBeDisabled();
  await expect(page.locator('#detail')).toHaveValue('long 448');
  await choose(page, 'class');
  await expect(page.locator('#detail')).toHaveValue('320');
});

test('all methods are compared, and one is chosen', async ({ page }) => {
  await open(page, 'compare');
  const tiles = page.locator('#compare button');
  await expect(tiles).toHaveText([
    /^Grad-CAM\+\+ /, /^Grad-CAM /, /^LayerCAM /, /^HiResCAM /, /^XGrad-CAM .*head/, /^CAM .*head/,
    /^Grad-CAM\+\+, normalised /, /^Grad-CAM\+\+ of the softmax takes 1,001 runs/, /^Smooth Grad-CAM\+\+ takes 9 runs/, /^Grad-CAM elementwise /, /^EigenGrad-CAM /, /^Eigen-CAM /,
    /^Attention rollout Not defined for this network: no class token/, /^LeGrad Not defined/,
    /^Ablation-CAM takes 321 runs/, /^Score-CAM takes 322 runs/, /^Occlusion takes 197 runs/, /^RISE takes 1,001 runs/,
    /^Input gradients /, /^Guided Grad-CAM /, /^Guided Grad-CAM\+\+ /, /^Guided backpropagation /, /^SmoothGrad takes 33 runs/, /^Integrated gradients takes 33 runs/,
  ]);
  await expect(page.locator('#compare h2')).toHaveText(['A layer weighed by gradients', 'A layer alone', 'Attention of a transformer', 'Scores of changed photos', 'Gradients of pixels']);
  const changed = await page.locator('#compare button:not(:disabled)').filter({ hasNotText: 'runs' }).locator('canvas').evaluateAll((canvases) => {
    const photo = document.querySelector<HTMLCanvasElement>('#picture')!;
    const pixels = (image: HTMLCanvasElement, width: number, height: number) => {
      const context = new OffscreenCanvas(width, height).getContext('2d')!;
      context.drawImage(image, 0, 0, width, height);
      return context.getImageData(0, 0, width, height).data;
    };
    return canvases.map((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const plain = pixels(photo, width, height);
      const tile = pixels(canvas as HTMLCanvasElement, width, height);
      return tile.filter((value, i) => Math.abs(value - plain[i]!) > 16).length / tile.length;
    });
  });
  expect(changed).toHaveLength(14);
  // The last are of single pixels.
  for (const share of changed.slice(0, -4)) expect(share).toBeGreaterThan(0.02);
  for (const share of changed.slice(-4)) expect(share).toBeGreaterThan(0);

  await page.locator('#classes button').nth(1).click();
  await done(page);
  await expect(page.locator('#answer-class')).toHaveText(/leopard/);
  await tiles.nth(2).click();
  await done(page);
  await expect(modeSwitch(page, 'class')).toBeChecked();
  await expect(page.locator('input[name=method]:checked')).toHaveValue('layer-cam');
  await expect(page.locator('#classes button').nth(1)).toHaveAttribute('aria-pressed', 'true');
});

test('the opacity changes every tile', async ({ page }) => {
  await open(page, 'compare');
  const tiles = () => page.locator('#compare canvas').evaluateAll((canvases) =>
    canvases.map((canvas) => (canvas as HTMLCanvasElement).toDataURL()));
  const before = await tiles();
  // Which show no map before they are pressed.
  const costly = await page.locator('#compare button', { hasText: 'press to start' }).count();
  expect(costly).toBe(8);
  const missing = await page.locator('#compare button:disabled').count();
  expect(missing).toBe(2);
  await page.locator('#opacity').fill('0.2');
  await expect.poll(async () => (await tiles()).filter((tile, i) => tile === before[i]).length).toBe(costly + missing);
});

for (const width of [390, 320]) {
  test(`no mode is wider than a phone of ${width} pixels`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    await openMosaic(page);
    for (const mode of ['objects', 'class', 'compare'] as const) {
      await choose(page, mode);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, mode).toBeLessThanOrEqual(0);
    }
  });
}

test('a photo of nothing is said to have no objects', async ({ page }) => {
  await open(page, 'objects');
  await page.locator('#file').setInputFiles({ name: 'grey.png', mimeType: 'image/png', buffer: greyPixel });
  await expect(page.locator('#picture')).toHaveAttribute('aria-label', 'Photo: grey.png');
  await done(page);
  await expect(page.locator('#answer')).toContainText('No objects found');
  await expect(legend(page)).toHaveCount(0);
  await expect(page.locator('.mark')).toHaveCount(0);
});
