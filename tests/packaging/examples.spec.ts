// The examples that are for browsers, installed and used as their READMEs say.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Page } from '@playwright/test';
import { createServer, preview } from 'vite';
import { expectOneWorker, expectWithin, panda, photo, problemsOf } from './explained.ts';
import { examplesFolder, npm, samplesFolder } from './npm.ts';
import { expect, test } from './project.ts';

test('vanilla explains a photo', async ({ page, project, serve }) => {
  await explainPhoto(page, await serve(await project(join(examplesFolder, 'vanilla'))));
});

test('own-network opens files, says what is a guess, and explains a photo', async ({ page, project, serve }) => {
  const problems = problemsOf(page);
  await page.goto(await serve(await project(join(examplesFolder, 'own-network'))));
  const models = join(import.meta.dirname, '../layers_models');
  const labels = { name: 'labels.txt', mimeType: 'text/plain', buffer: Buffer.from('cat\ndog\nhen\n<b>owl</b>\nfox') };
  await page.getByLabel('Network').setInputFiles([labels]);
  await expect(page.getByRole('status')).toHaveText(/no network among the files "labels.txt"/);
  await expect(page.getByLabel('Photo', { exact: true })).toBeDisabled();
  const [model, weights] = await Promise.all(['plain.json', 'plain.bin'].map((file) => readFile(join(models, file))));
  const buffers = Object.entries({ 'model.json': model!, 'plain.bin': weights! });
  const files = buffers.map(([name, buffer]) => ({ name, mimeType: 'application/octet-stream', buffer }));
  await page.getByLabel('Network').setInputFiles([labels, ...files]);
  await expect(page.getByRole('status')).toHaveText('Ready: 5 classes.', { timeout: 60_000 });
  await expect(page.getByRole('listitem')).toHaveText([/^that channels are/, /^that pictures are squeezed/]);
  await page.getByLabel('Photo', { exact: true }).setInputFiles(photo);
  await expect(page.getByRole('status')).toHaveText(/^(cat|dog|hen|<b>owl<\/b>|fox), \d+ %$/, { timeout: 60_000 });
  expect(await page.locator('canvas').evaluate((canvas) => (canvas as HTMLCanvasElement).width)).toBeGreaterThan(100);
  expect(problems).toEqual([]);
});

test('react-vite explains a photo, with one worker under StrictMode', async ({ page, project }) => {
  const root = await project(join(examplesFolder, 'react-vite'));
  const server = await createServer({ root, logLevel: 'warn', server: { host: '127.0.0.1' } });
  await server.listen();
  await explainPhoto(page, server.resolvedUrls!.local[0]!);
  await server.close();
});

test('react-vite type-checks and builds', async ({ page, project }) => {
  const root = await project(join(examplesFolder, 'react-vite'));
  await npm(root, 'run', 'build');
  const server = await preview({ root, logLevel: 'warn', preview: { host: '127.0.0.1' } });
  await explainPhoto(page, server.resolvedUrls!.local[0]!);
  await server.close();
});

test('vue-vite explains a photo, while developed and built', async ({ page, project }) => {
  const root = await project(join(examplesFolder, 'vue-vite'));
  const development = await createServer({ root, logLevel: 'warn', server: { host: '127.0.0.1' } });
  await development.listen();
  await explainPhoto(page, development.resolvedUrls!.local[0]!);
  await page.goto('about:blank');
  await development.close();
  await npm(root, 'run', 'build');
  const server = await preview({ root, logLevel: 'warn', preview: { host: '127.0.0.1' } });
  await explainPhoto(page, server.resolvedUrls!.local[0]!);
  await server.close();
});

test('vanilla explains many photos, each in a file', async ({ page, project, serve }) => {
  await page.goto(`${await serve(await project(join(examplesFolder, 'vanilla')))}batch.html`);
  await page.getByLabel('Photos').setInputFiles([photo, join(samplesFolder, 'dog.webp'), import.meta.filename]);
  await expect(page.getByRole('status')).toHaveText('All done', { timeout: 60_000 });
  const rows = page.locator('tbody tr');
  await expect(rows).toHaveText([/panda\.webp.*giant panda.*PNG/, /dog\.webp.*German shepherd.*PNG/, /examples\.spec\.ts/]);
  const [download] = await Promise.all([page.waitForEvent('download'), rows.nth(1).getByText('PNG').click()]);
  expect(download.suggestedFilename()).toBe('dog.webp.map.png');
  expect((await readFile(await download.path())).subarray(1, 4).toString()).toBe('PNG');
});

test('vanilla explains a photo in a worker of its own', async ({ page, project, serve }) => {
  await page.goto(`${await serve(await project(join(examplesFolder, 'vanilla')))}own-worker.html`);
  await page.getByLabel('Photo').setInputFiles(photo);
  await expect(page.getByRole('status')).toHaveText(panda.label, { timeout: 60_000 });
  const { x, y } = await page.locator('#map').evaluate(mostOpaque);
  expectWithin(x, panda.x);
  expectWithin(y, panda.y);
});

test('vanilla explains what a camera sees, frame by frame', async ({ page, project, serve }) => {
  await page.route('**/photo.webp', (route) => route.fulfill({ path: photo }));
  await page.goto(`${await serve(await project(join(examplesFolder, 'vanilla')))}camera.html`);
  await page.evaluate(async () => {
    const picture = await createImageBitmap(await (await fetch('photo.webp')).blob());
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 480 });
    const draw = () => {
      canvas.getContext('2d')!.drawImage(picture, 0, 0, 640, 480);
      requestAnimationFrame(draw);
    };
    draw();
    navigator.mediaDevices.getUserMedia = async () => canvas.captureStream();
  });
  await page.getByRole('button').click();
  await expect(page.getByRole('status')).toHaveText(panda.label, { timeout: 60_000 });
  const { x, y } = await page.locator('canvas').evaluate(mostOpaque);
  expectWithin(x, panda.x);
  expectWithin(y, panda.y);
});

/** Chooses the photo in an example and checks what it shows. */
async function explainPhoto(page: Page, address: string): Promise<void> {
  const problems = problemsOf(page);
  await page.goto(address);
  const input = page.getByLabel('Photo');
  await expect(input).toBeEnabled({ timeout: 60_000 });
  await input.setInputFiles(photo);
  await expect(page.getByRole('status')).toHaveText(panda.label, { timeout: 60_000 });
  const { x, y } = await page.locator('canvas').evaluate(mostOpaque);
  expectWithin(x, panda.x);
  expectWithin(y, panda.y);
  await expectOneWorker(page);
  expect(problems).toEqual([]);
}

/** The most opaque pixel of an overlay, a canvas or an image, as shares of its width and height. */
async function mostOpaque(overlay: SVGElement | HTMLElement) {
  const picture = await createImageBitmap(overlay as HTMLCanvasElement | HTMLImageElement);
  const { width, height } = picture;
  const context = new OffscreenCanvas(width, height).getContext('2d')!;
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  let hottest = 0;
  for (let i = 0; i < width * height; i++) if (data[4 * i + 3]! > data[4 * hottest + 3]!) hottest = i;
  return { x: (hottest % width) / width, y: Math.floor(hottest / width) / height };
}
