// The page as a visitor uses it, with one class at a time.
import { readFile } from 'node:fs/promises';
import { type Page, expect, test } from '@playwright/test';
import { root } from './package-page.ts';
import { main, open, openSample } from './visit.ts';

/** The overlay's most opaque pixel, as a share of its width and height, and how many have any colour. */
async function overlay(page: Page) {
  return page.locator('#overlay').evaluate((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
    let hottest = 0;
    let coloured = 0;
    for (let i = 0; i < width * height; i++) {
      if (data[4 * i + 3]! > 0) coloured++;
      if (data[4 * i + 3]! > data[4 * hottest + 3]!) hottest = i;
    }
    return { x: (hottest % width) / width, y: Math.floor(hottest / width) / height, coloured, width, height };
  });
}

test('opens with a sample explained', async ({ page }) => {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await open(page, 'class');
  await expect(page.locator('#backend')).toHaveText(/CPU/);
  await expect(page.locator('#time')).toHaveText(/\d+ ms/);
  await expect(page.locator('#classes button')).toHaveCount(5);
  const { coloured, width, height } = await overlay(page);
  expect(coloured).toBeGreaterThan(0.02 * width * height);
  expect(problems).toEqual([]);
});

test('auto says which backend it took, and why', { tag: '@chromium' }, async ({ page }) => {
  await open(page, 'class', '');
  await expect(page.locator('#backend')).toHaveText(/CPU/);
  await expect(page.locator('#fallback')).toHaveText(/software/);
});

test('WebGPU explains the sample too', { tag: '@chromium' }, async ({ page }) => {
  await open(page, 'class', '?backend=webgpu');
  await expect(page.locator('#backend')).toHaveText(/WebGPU/);
  const { coloured, width, height } = await overlay(page);
  expect(coloured).toBeGreaterThan(0.02 * width * height);
});

test('only its own origin is asked for anything', async ({ page, baseURL }) => {
  const others: string[] = [];
  page.on('request', (request) => {
    if (/^https?:/.test(request.url()) && !request.url().startsWith(baseURL!)) others.push(request.url());
  });
  await open(page, 'class');
  expect(others).toEqual([]);
});

test('a class, a method, a colormap and an opacity change the overlay', async ({ page }) => {
  await open(page, 'class');
  const pixels = () => page.locator('#overlay').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const done = () => expect(main(page)).toHaveAttribute('data-state', 'done');
  let before = await pixels();
  const changes: (() => Promise<unknown>)[] = [
    () => page.locator('#classes button').nth(3).click(),
    () => page.locator('input[name=method][value=layer-cam]').check({ force: true }),
    () => page.locator('input[name=method][value=cam]').check({ force: true }),
    () => page.locator('#colormap').selectOption('viridis'),
    () => page.locator('#opacity').fill('0.9'),
  ];
  for (const change of changes) {
    await change();
    await done();
    await expect.poll(pixels).not.toBe(before);
    before = await pixels();
  }
});

test('classes can be reached and chosen with the keyboard', async ({ page }) => {
  await open(page, 'class');
  const second = page.locator('#classes button').nth(1);
  await second.focus();
  await page.keyboard.press('Enter');
  await expect(second).toHaveAttribute('aria-pressed', 'true');
  await expect(main(page)).toHaveAttribute('data-state', 'done');
});

test('a photo of the visitor is explained', async ({ page }) => {
  await open(page, 'class');
  await page.locator('#file').setInputFiles({
    name: 'panda.webp',
    mimeType: 'image/webp',
    buffer: await readFile(new URL('www/samples/panda.webp', root)),
  });
  await expect(page.locator('#classes button').first()).toContainText(/panda/i);
  await expect(main(page)).toHaveAttribute('data-state', 'done');
});

test('a file that is no picture is refused, and the next photo works', async ({ page }) => {
  await open(page, 'class');
  await page.locator('#file').setInputFiles({ name: 'x.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no') });
  await expect(page.locator('#alert')).toBeVisible();
  await page.locator('#samples button[data-sample=panda]').click();
  await expect(page.locator('#classes button').first()).toContainText(/panda/i);
  await expect(page.locator('#alert')).toBeHidden();
});

test('a missing model is said in words', async ({ page }) => {
  await page.route('**/*.onnx', (route) => route.fulfill({ status: 404, body: '' }));
  await page.goto('./?backend=cpu');
  await expect(main(page)).toHaveAttribute('data-state', 'error');
  await expect(page.locator('#alert')).toContainText(/the model cannot be loaded/i);
});

// Where the animal is on each photo, as shares of width and height, read off by eye.
const animals: [sample: string, x: [number, number], y: [number, number]][] = [
  ['chelsea', [0.2, 0.75], [0.1, 0.95]],
  ['panda', [0.1, 0.9], [0.05, 0.95]],
  ['lemur', [0.1, 0.9], [0.05, 0.95]],
  ['koala', [0.15, 0.85], [0.05, 0.95]],
  ['scarlet_macaw', [0.1, 0.9], [0.05, 0.95]],
  ['jaguar', [0.05, 0.95], [0.15, 0.95]],
];
for (const [sample, x, y] of animals) {
  test(`the map of ${sample} is hottest on the animal`, async ({ page }) => {
    await open(page, 'class');
    await openSample(page, sample);
    const hottest = await overlay(page);
    expect(hottest.x).toBeGreaterThan(x[0]);
    expect(hottest.x).toBeLessThan(x[1]);
    expect(hottest.y).toBeGreaterThan(y[0]);
    expect(hottest.y).toBeLessThan(y[1]);
  });
}
