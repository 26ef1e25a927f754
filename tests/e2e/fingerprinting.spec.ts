// The page in Firefox as it resists fingerprinting, and Tor's browser as it comes: canvases give noise, and files are decoded
// without one.
import { fileURLToPath } from 'node:url';
import firefox from './firefox.config.ts';
import { root } from './package-page.ts';
import { expect, test } from '@playwright/test';
import { done, open } from './visit.ts';

const { launchOptions } = firefox.use!;
test.use({
  launchOptions: { ...launchOptions, firefoxUserPrefs: { ...launchOptions!.firefoxUserPrefs, 'privacy.resistFingerprinting': true } },
});

test('a sample and a photo of one’s own are explained where the browser resists fingerprinting', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await open(page, 'class', '?backend=cpu&sample=dog');
  const isNoise = await page.evaluate(() => {
    const written = new ImageData(16, 16);
    written.data.forEach((_, at, data) => (data[at] = at % 4 === 3 ? 255 : at % 256));
    const context = new OffscreenCanvas(16, 16).getContext('2d')!;
    context.putImageData(written, 0, 0);
    return context.getImageData(0, 0, 16, 16).data.join() !== written.data.join();
  });
  expect(isNoise).toBe(true);
  await expect(page.locator('#answer-class')).toHaveText('German shepherd');
  await page.locator('#file').setInputFiles(fileURLToPath(new URL('www/samples/panda.webp', root)));
  await expect(page.locator('#picture')).toHaveAttribute('aria-label', 'Photo: panda.webp');
  await done(page);
  await expect(page.locator('#answer-class')).toHaveText('giant panda');
  expect(asked.some((url) => url.includes('wasm/decode'))).toBe(true);
});
