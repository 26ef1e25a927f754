// Every view by the rules of axe: light, dark and narrow.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { type Page, expect, test } from '@playwright/test';
import { root } from './package-page.ts';
import config from './playwright.config.ts';
import { done, main, open } from './visit.ts';

const { launchOptions } = config.use!;
test.use({
  // Colours are judged where they come to rest.
  contextOptions: { reducedMotion: 'reduce' },
  launchOptions: {
    ...launchOptions,
    args: [...launchOptions!.args!, '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'],
  },
});

const looks = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 1280 },
  { colorScheme: 'light', width: 320 },
] as const;

/** What axe finds in each look, one line an element. */
async function violations(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const { colorScheme, width } of looks) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    const { violations } = await new AxeBuilder({ page }).analyze();
    for (const { id, impact, nodes } of violations) {
      for (const { html, failureSummary } of nodes) found.push([colorScheme, width, impact, id, html, failureSummary].join(' '));
    }
  }
  return found;
}

async function evaluate(page: Page) {
  await page.goto('./evaluate.html?backend=cpu');
  await page.locator('#steps').selectOption('10');
  const files = ['panda.webp', 'dog.webp'].map((name) => fileURLToPath(new URL(`www/samples/${name}`, root)));
  await page.locator('#files').setInputFiles(files);
  await page.locator('#start').click();
  await done(page);
  await page.locator('#each summary').click();
}

const views: Record<string, (page: Page) => Promise<unknown>> = {
  Objects: (page) => open(page, 'objects'),
  'One class': (page) => open(page, 'class'),
  Compare: (page) => open(page, 'compare'),
  Layers: (page) => open(page, 'layers'),
  'Compare networks': (page) => open(page, 'networks'),
  camera: async (page) => {
    await open(page, 'objects');
    await page.locator('#camera-open').click();
    await page.getByRole('switch', { name: 'Live map' }).check();
    await expect(page.locator('#camera-seen')).not.toBeEmpty();
  },
  "the network's card": async (page) => {
    await open(page, 'class');
    const buffer = await readFile(process.env.GRADLENS_MODEL!);
    await page.locator('#network-files').setInputFiles({ name: 'mine.onnx', mimeType: '', buffer });
    await expect(page.locator('#network-name')).toHaveText('mine');
    await page.locator('#network-card').click();
    await expect(page.locator('dialog.card')).toHaveAttribute('data-state', 'done');
    await page.getByRole('button', { name: 'Keep this network' }).click();
    await expect(page.locator('dialog.card .kept li')).toHaveCount(1);
    await page.getByRole('button', { name: 'Try the presets' }).click();
    await expect(page.locator('dialog.card .trials li')).toHaveCount(5, { timeout: 60_000 });
    await page.locator('dialog.card summary').click();
  },
  'save menu': async (page) => {
    await open(page, 'class');
    await page.locator('#downloads summary').click();
    await expect(page.locator('[data-save=npy]:visible')).toBeVisible();
  },
  'class search': async (page) => {
    await open(page, 'class');
    await page.locator('#class-query').fill('dog');
    await page.keyboard.press('ArrowDown');
    await expect(page.locator('#class-options [aria-selected=true]')).toBeVisible();
  },
  'error alert': async (page) => {
    await page.route('**/*.onnx', (route) => route.fulfill({ status: 404, body: '' }));
    await page.goto('./?backend=cpu');
    await expect(page.locator('#alert-action')).toBeVisible();
  },
  'About and Advanced': async (page) => {
    await open(page, 'class');
    await page.locator('.advanced summary').click();
    await page.locator('.top a[href="#about"]').click();
    await expect(page.locator('.topics h3').first()).toBeVisible();
  },
  'Evaluate before a run': async (page) => {
    await page.goto('./evaluate.html?backend=cpu');
    await expect(page.locator('.topics h3').first()).toBeVisible();
  },
  'Evaluate after a run': evaluate,
  'a picture of Evaluate from near': async (page) => {
    await evaluate(page);
    await page.locator('#pictures button').first().click();
    await expect(page.locator('#closeup-pictures canvas, #closeup-pictures img').last()).toBeVisible();
  },
  Bench: async (page) => {
    await page.goto('./bench.html?backend=cpu');
    await expect(main(page)).toHaveAttribute('data-state', 'idle');
  },
};

for (const [name, reach] of Object.entries(views)) {
  test(`${name} is accessible`, async ({ page }) => {
    await reach(page);
    expect(await violations(page)).toEqual([]);
  });
}

test.describe('in a Korean browser', () => {
  test.use({ locale: 'ko-KR' });

  test('One class is accessible', async ({ page }) => {
    await open(page, 'class');
    expect(await violations(page)).toEqual([]);
  });
});
