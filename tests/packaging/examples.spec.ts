// The examples that are for browsers, installed and used as their READMEs say.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Page } from '@playwright/test';
import { createServer, preview } from 'vite';
import { expectOneWorker, expectWithin, panda, photo, problemsOf } from './explained.ts';
import { examplesFolder, npm } from './npm.ts';
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

/** The most opaque pixel of an overlay, as shares of its width and height. */
function mostOpaque(canvas: SVGElement | HTMLElement) {
  const { width, height } = canvas as HTMLCanvasElement;
  const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
  let hottest = 0;
  for (let i = 0; i < width * height; i++) if (data[4 * i + 3]! > data[4 * hottest + 3]!) hottest = i;
  return { x: (hottest % width) / width, y: Math.floor(hottest / width) / height };
}
