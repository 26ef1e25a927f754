// The page that measures gradlens on the visitor's machine.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { root } from './package-page.ts';

const models = new URL('../shared/models/', root);

test('the CPU is measured, and the result can be copied', async ({ page, context }) => {
  test.setTimeout(300_000);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await page.goto('./bench.html?backend=cpu');
  await expect(page.locator('#copy')).toBeDisabled();
  await page.locator('#start').click();
  await expect(page.locator('#progress')).toBeVisible();
  await expect(page.locator('main')).toHaveAttribute('data-state', 'done', { timeout: 280_000 });

  const rows = page.locator('#times tbody tr');
  await expect(page.locator('#times thead th')).toHaveText(['What was timed', 'CPU']);
  await expect(rows).toHaveCount(6);
  const medians = await rows.locator('td').evaluateAll((cells) => cells.map((cell) => Number.parseFloat(cell.textContent!.replaceAll(',', ''))));
  for (const median of medians) expect(median).toBeGreaterThan(0);
  const [, , map, next, many, fine] = medians as [number, number, number, number, number, number];
  // The features of a photo are there when its next class is asked for, and shared by its eight.
  expect(next).toBeLessThan(map / 2);
  expect(many).toBeLessThan(map * 4);
  expect(fine).toBeGreaterThan(map);

  await page.locator('#copy').click();
  await expect(page.locator('#copy')).toHaveText('Result copied');
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toMatch(/^gradlens \d+\.\d+\.\d+, \d{4}-\d\d-\d\d\n/);
  expect(text).toContain('| What was timed | CPU |');
  expect(text).toMatch(/\| Map of a new photo \| [\d.,]+ ms \([\d.,]+–[\d.,]+\) \|/);
  expect(text).toMatch(/Browser: Mozilla.*\nLogical cores: \d+\nWebGPU adapter: .*software.*\nThreads on the CPU: 1\n/);
  expect(problems).toEqual([]);
});

test('a network of the visitor’s is measured, at its own size', async ({ page }) => {
  test.skip(!existsSync(models), 'the networks are for testing only and do not come with the project');
  test.setTimeout(300_000);
  await page.goto('./bench.html?backend=cpu');
  await page.locator('#network-files').setInputFiles(fileURLToPath(new URL('tm_catdog.onnx', models)));
  await expect(page.locator('#network')).toHaveText('Network: tm_catdog');
  await page.locator('#start').click();
  await expect(page.locator('main')).toHaveAttribute('data-state', 'done', { timeout: 280_000 });
  const cells = await page.locator('#times tbody td').allInnerTexts();
  expect(cells.slice(0, 5)).toEqual(Array(5).fill(expect.stringMatching(/^[\d.,]+ ms/)));
  expect(cells[5]).toBe('–');
  await expect(page.locator('#machine')).toContainText('tm_catdog');
});

test('one that is kept is measured by a link, and one that is not kept is missed', async ({ page }) => {
  await page.goto('./bench.html?backend=cpu&network=theirs');
  await expect(page.locator('#alert-text')).toContainText('“theirs”, which is not kept on this machine');
  await page.evaluate(async () => {
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle('networks', { create: true });
    const folder = await root.getDirectoryHandle('theirs', { create: true });
    const model = await (await fetch('gradlens/model/efficientnet-lite0.onnx')).blob();
    const about = JSON.stringify({ files: ['theirs.onnx'], contract: {}, labels: null });
    for (const [name, body] of [['0', model], ['about.json', new Blob([about])]] as const) {
      const stream = await (await folder.getFileHandle(name, { create: true })).createWritable();
      await body.stream().pipeTo(stream);
    }
  });
  await page.reload();
  await expect(page.locator('#network')).toHaveText('Network: theirs');
  await page.locator('#network-files').setInputFiles([1, 2].map((at) => ({ name: `${at}.onnx`, mimeType: '', buffer: Buffer.from('x') })));
  await expect(page.locator('#alert-text')).toContainText('several networks');
});

test('a network that cannot be loaded is said in words', async ({ page }) => {
  await page.route('**/*.onnx', (route) => route.fulfill({ status: 404, body: '' }));
  await page.goto('./bench.html?backend=cpu');
  await page.locator('#start').click();
  await expect(page.locator('#times td').first()).toContainText(/model cannot be loaded/i);
});

test('the page is linked from the first one', async ({ page }) => {
  await page.goto('./?backend=cpu');
  await page.locator('.topics a[href="bench.html"]').click();
  await expect(page.locator('h1')).toHaveText('How fast is gradlens on this machine?');
});

test.describe('in a Korean browser', () => {
  test.use({ locale: 'ko-KR', viewport: { width: 320, height: 640 } });

  test('the page is Korean and fits a narrow screen', async ({ page }) => {
    await page.goto('./bench.html?backend=cpu');
    await expect(page).toHaveTitle(/빠른가/);
    await expect(page.locator('#start')).toHaveText('측정 시작');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  });
});
