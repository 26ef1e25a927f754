// The camera: a photo of the dog stands in for what it sees.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Page, expect, test } from '@playwright/test';
import config from './playwright.config.ts';
import { done, open } from './visit.ts';

const video = fileURLToPath(new URL('fixtures/dog.mjpeg', import.meta.url));
const { launchOptions } = config.use!;
test.use({
  launchOptions: {
    ...launchOptions,
    args: [
      ...launchOptions!.args!,
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${video}`,
    ],
  },
});

/** Lets the test look at the streams that the page opens. */
async function watchStreams(page: Page) {
  await page.addInitScript(() => {
    const { mediaDevices } = navigator;
    const ask = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (wish) => {
      const stream = await ask(wish);
      Object.assign(globalThis, { stream });
      return stream;
    };
  });
}
const tracks = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as { stream: MediaStream }).stream.getTracks().map(({ readyState }) => readyState));

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Camera' });

test('a photo is taken and explained, and the camera is let go', async ({ page }) => {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await watchStreams(page);
  await open(page, 'class');
  await page.getByRole('button', { name: 'Camera' }).click();
  await expect(dialog(page)).toBeVisible();
  await expect.poll(() => page.locator('#camera-video').evaluate((element) => (element as HTMLVideoElement).videoWidth)).toBeGreaterThan(0);
  expect(await tracks(page)).toEqual(['live']);

  await page.getByRole('button', { name: 'Take photo' }).click();
  await expect(dialog(page)).toBeHidden();
  await expect(page.locator('#answer-class')).toHaveText('German shepherd');
  await done(page);
  expect(await tracks(page)).toEqual(['ended']);
  expect(new URL(page.url()).searchParams.has('sample')).toBe(false);
  await expect(page.locator('#samples [aria-pressed=true]')).toHaveCount(0);
  expect(problems).toEqual([]);
});

test('live mode explains frame after frame, one at a time', async ({ page }) => {
  await watchStreams(page);
  await open(page, 'class');
  await page.locator('#camera-open').click();
  await page.getByRole('switch', { name: 'Live map' }).check();
  await expect(page.locator('#camera-seen')).toHaveText(/^German shepherd, [\d.]+%$/, { timeout: 30_000 });
  await expect(page.locator('#camera-rate')).toHaveText(/^[\d.]+ frames a second$/);
  expect(Number.parseFloat(await page.locator('#camera-rate').innerText())).toBeGreaterThan(0);
  const coloured = () => page.locator('#camera-map').evaluate((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
    return data.filter((value, at) => at % 4 === 3 && value > 0).length / (width * height);
  });
  expect(await coloured()).toBeGreaterThan(0.02);

  await page.getByRole('switch', { name: 'Live map' }).uncheck();
  await expect(page.locator('#camera-map')).toBeHidden();
  await expect(page.locator('#camera-rate')).toBeEmpty();
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toBeHidden();
  expect(await tracks(page)).toEqual(['ended']);
  // The explainer is free for the page again.
  await page.locator('#samples button[data-sample=panda]').click();
  await expect(page.locator('#answer-class')).toHaveText(/panda/i);
});

test('frames are explained by a network of the visitor’s, in its own words', async ({ page }) => {
  await open(page, 'class');
  const labels = Array.from({ length: 1000 }, (_, at) => `thing ${at}`).join('\n');
  await page.locator('#network-files').setInputFiles([
    { name: 'mine.onnx', mimeType: '', buffer: await readFile(process.env.GRADLENS_MODEL!) },
    { name: 'labels.txt', mimeType: '', buffer: Buffer.from(labels) },
  ]);
  await expect(page.locator('#network-name')).toHaveText('mine');
  await done(page);
  await page.locator('#camera-open').click();
  await page.getByRole('switch', { name: 'Live map' }).check();
  await expect(page.locator('#camera-seen')).toHaveText(/^thing 235, [\d.]+%$/, { timeout: 30_000 });
});

test('a camera that goes away closes the preview with a message', async ({ page }) => {
  await watchStreams(page);
  await open(page, 'class');
  await page.locator('#camera-open').click();
  await expect(dialog(page)).toBeVisible();
  await page.evaluate(() => {
    const [track] = (globalThis as unknown as { stream: MediaStream }).stream.getTracks();
    track!.dispatchEvent(new Event('ended'));
  });
  await expect(dialog(page)).toBeHidden();
  await expect(page.locator('#alert')).toContainText('disconnected');
});

test('a preview that is closed before it plays is no failure', async ({ page }) => {
  await page.addInitScript(() => {
    HTMLMediaElement.prototype.play = function () {
      return new Promise((_, reject) => {
        this.addEventListener('emptied', () => {
          reject(new DOMException('interrupted', 'AbortError'));
          Object.assign(globalThis, { interrupted: true });
        });
      });
    };
  });
  await open(page, 'class');
  await page.locator('#camera-open').click();
  await expect(dialog(page)).toBeVisible();
  await page.locator('#camera-close').click();
  await page.waitForFunction(() => 'interrupted' in globalThis);
  await expect(page.locator('#camera-open')).toBeEnabled();
  await expect(page.locator('#alert')).toBeHidden();
});

const failures = [
  ['NotAllowedError', 'not allowed'],
  ['NotFoundError', 'no camera'],
  ['NotReadableError', 'another program'],
  ['AbortError', 'could not be started: out of order'],
] as const;
for (const [name, words] of failures) {
  test(`${name} is said in words`, async ({ page }) => {
    await page.addInitScript((error) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('out of order', error));
    }, name);
    await open(page, 'class');
    await page.locator('#camera-open').click();
    await expect(page.locator('#alert')).toContainText(words);
    await expect(dialog(page)).toBeHidden();
    await expect(page.locator('#camera-open')).toBeEnabled();
  });
}

test('a frame that the browser hands out as noise is said to be that, and not explained', async ({ page }) => {
  await open(page, 'class');
  await page.evaluate(() => {
    const { prototype } = OffscreenCanvasRenderingContext2D;
    prototype.getImageData = (_x, _y, width, height) => new ImageData(width, height);
  });
  for (const control of ['#camera-take', '#camera-live']) {
    await page.locator('#camera-open').click();
    await page.locator(control).click();
    await expect(page.locator('#alert-text')).toContainText('hands out noise');
    await expect(dialog(page)).toBeHidden();
    await page.locator('#alert-close').click();
  }
});

test('a page without https says what is missing', async ({ page }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, 'mediaDevices', { value: undefined }));
  await open(page, 'class');
  await page.locator('#camera-open').click();
  await expect(page.locator('#alert')).toContainText('https');
});
