// The pages when the graphics card fails under them.
import { fileURLToPath } from 'node:url';
import { type Page, expect, test } from '@playwright/test';
import { DESTRUCTIBLE, REAL_ADAPTER, root } from './package-page.ts';
import { done, main, open } from './visit.ts';

/** Puts a graphics card under the page that passes for a real one, and returns what takes it away, as a rule for good. */
async function fakeCard(page: Page): Promise<(comesBack?: boolean) => Promise<void>> {
  const before = REAL_ADAPTER + DESTRUCTIBLE;
  const after = 'GPU.prototype.requestAdapter = async () => null;';
  let card = before;
  const script = (path: string, body: () => string) =>
    page.context().route(path, (route) => route.fulfill({ contentType: 'text/javascript', body: body() }));
  await script('**/gradlens/dist/worker.js', () => `import './card.js'; import './worker.js?own';`);
  await script('**/gradlens/dist/card.js', () => card);
  return async (comesBack = false) => {
    if (!comesBack) card = after;
    const worker = page.workers().find((each) => each.url().endsWith('/dist/gradlens/worker.js'));
    await worker!.evaluate(() => {
      const { devices } = globalThis as unknown as { devices: { destroy(): void }[] };
      for (const device of devices) device.destroy();
    });
  };
}

test('the page says so, and answers from the CPU', async ({ page }) => {
  test.setTimeout(300_000);
  const loseCard = await fakeCard(page);
  await open(page, 'class', '?mode=class');
  await expect(page.locator('#backend')).toHaveText('CPU (WebAssembly SIMD)');
  // The card takes over between two answers, once it is ready.
  await expect(async () => {
    await page.locator('#classes button').nth(2).click();
    await done(page);
    await expect(page.locator('#backend')).toHaveText('WebGPU', { timeout: 500 });
  }).toPass({ timeout: 60_000 });
  await expect(page.locator('#restarted')).toBeEmpty();

  await loseCard();
  await page.locator('#classes button').nth(1).click();
  await expect(page.locator('#restarted')).toHaveText('The GPU failed, so the network was loaded anew.', { timeout: 30_000 });
  await done(page);
  await expect(page.locator('#backend')).toHaveText('CPU (WebAssembly SIMD)');
  await expect(page.locator('#fallback')).toHaveText(', because WebGPU has no adapter on this machine');
  await expect(page.locator('#time')).toHaveText(/\d+ ms/);
  await expect(page.locator('#alert')).toBeHidden();
});

test('Evaluate says so, and goes on with the CPU', async ({ page }) => {
  test.setTimeout(300_000);
  const loseCard = await fakeCard(page);
  const run = async () => {
    await page.locator('#start').click();
    await expect(main(page)).toHaveAttribute('data-state', 'done', { timeout: 120_000 });
  };
  await page.goto('./evaluate.html');
  await page.locator('#files').setInputFiles(fileURLToPath(new URL('www/samples/panda.webp', root)));
  await expect(async () => {
    await run();
    await expect(page.locator('#ending')).toContainText('on WebGPU', { timeout: 500 });
  }).toPass({ timeout: 120_000 });

  await loseCard();
  await run();
  await expect(page.locator('#restarted')).toContainText('The GPU failed');
  await expect(page.locator('#ending')).toContainText('1 file');
  await expect(page.locator('#ending')).toContainText('on the CPU');
  await expect(page.locator('#left-out')).toBeHidden();
});

test('Speed says so, and goes on with the card that is back', async ({ page }) => {
  test.setTimeout(300_000);
  const loseCard = await fakeCard(page);
  await page.goto('./bench.html?backend=webgpu');
  await page.locator('#start').click();
  await expect(page.locator('#phase')).toHaveText(/WebGPU.*new photo/i, { timeout: 120_000 });
  await expect(page.locator('#restarted')).toBeEmpty();

  await loseCard(true);
  await expect(page.locator('#restarted')).toHaveText('The GPU failed, so the network was loaded anew.', { timeout: 60_000 });
  await expect(main(page)).toHaveAttribute('data-state', 'running');
});
