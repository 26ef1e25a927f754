// Networks as large as people have them, and where memory ends. Skeletons of the zoo with their weights: a ResNet-50 of
// 102 MB and a VGG-16 of 553 MB.
import { createWriteStream, existsSync } from 'node:fs';
import { mkdtemp, open as openFile, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Page, expect, test } from '@playwright/test';
import { partsOf, wideNetwork } from './onnx.ts';
import { root } from './package-page.ts';
import { filled } from './skeleton.ts';
import { done, main, open, openSample } from './visit.ts';

const zoo = new URL('../shared/zoo/', root);
let folder: string;
test.beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'gradlens-large-')); });
test.afterAll(() => rm(folder, { recursive: true }));

/** Writes a skeleton with its weights; where it lies then. */
async function written(name: string): Promise<string> {
  const input = JSON.parse(await readFile(new URL(`${name}.json`, zoo), 'utf8'));
  const file = join(folder, `${name}.onnx`);
  const parts = partsOf(filled(await readFile(new URL(`${name}.onnx`, zoo)), input));
  await pipeline(Readable.from(parts), createWriteStream(file));
  return file;
}

/** Notes what is told of loading, and how long the page's own thread is busy at once, in milliseconds, from now on. */
const watch = (page: Page) => page.evaluate(() => {
  globalThis.steps = [];
  globalThis.tasks = [];
  const bytes = document.querySelector('#network-bytes')!;
  new MutationObserver(() => steps.push(bytes.textContent!)).observe(bytes, { childList: true });
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
});

declare global {
  var steps: string[];
  var tasks: number[];
}

/** An event of Chromium's traces, with the times that matter here in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly args: { readonly name?: string };
  /** Of the processor, for its thread. */
  readonly tdur?: number;
}

/**
 * The longest task of pages' own threads in a trace, in milliseconds of processor time: what it takes where no other program has
 * the processor meanwhile.
 */
function longestTask(trace: Buffer): number {
  const events: TraceEvent[] = JSON.parse(trace.toString()).traceEvents;
  const threads = events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(({ pid, tid }) => `${pid} ${tid}`);
  const tasks = events.filter(({ name, pid, tid, tdur }) => /RunTask$/.test(name) && tdur !== undefined && threads.includes(`${pid} ${tid}`));
  expect(tasks.length).toBeGreaterThan(100);
  return Math.max(...tasks.map(({ tdur }) => tdur! / 1000));
}

const loading = (page: Page) => page.locator('#network-loading');
const give = (page: Page, file: string) => page.locator('#network-files').setInputFiles(file);

for (const [name, megabytes] of [['resnet50', 102], ['vgg16', 553]] as const) {
  test(`${name} of ${megabytes} MB opens with progress, can be cancelled, and leaves the page responsive`, { tag: '@chromium' }, async ({ page, browser }) => {
    test.skip(!existsSync(zoo), 'the zoo does not come with the project');
    test.setTimeout(600_000);
    const file = await written(name);
    await open(page, 'class', '?backend=cpu&sample=dog');
    await watch(page);
    await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });

    await give(page, file);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(loading(page)).toBeHidden();
    await expect(page.locator('#network-name')).toHaveText('EfficientNet-Lite0');

    await give(page, file);
    // The page is the visitor's meanwhile.
    await openSample(page, 'panda');
    await expect(page.locator('#network-name')).toHaveText(name, { timeout: 300_000 });
    await expect(main(page)).toHaveAttribute('data-state', 'done', { timeout: 300_000 });
    await expect(page.locator('#answer-text')).toContainText('probability');
    await expect(page.locator('#alert')).toBeHidden();

    const { size } = await stat(file);
    expect(size).toBeGreaterThan(1e6 * megabytes);
    const whole = (size / 1e6).toFixed(1);
    const told = await page.evaluate(() => steps);
    expect(told).toContain(`${whole} of ${whole} MB`);
    expect(new Set(told).size).toBeGreaterThan(10);

    const longest = longestTask(await browser.stopTracing());
    const seen = Math.max(0, ...await page.evaluate(() => tasks));
    console.log(`    ${name}: longest task ${longest.toFixed()} ms, ${seen.toFixed()} ms with what other programs took meanwhile`);
    expect(longest).toBeLessThan(100);
  });
}

test('a network of more bytes than memory is refused before it is read', async ({ page }) => {
  const file = join(folder, 'vast.onnx');
  const handle = await openFile(file, 'w');
  // Nothing is written: it has a hole of that size.
  await handle.truncate(5e9);
  await handle.close();
  await open(page, 'class', '?backend=cpu&sample=dog');
  await give(page, file);
  await expect(page.locator('#alert-text')).toContainText(/takes 5,000 MB, .* at most [\d,]+ MB/);
  await expect(loading(page)).toBeHidden();
  await openSample(page, 'panda');
  await expect(page.locator('#answer-class')).toHaveText(/panda/i);
});

test('a machine that tells how little memory it has is believed', async ({ page }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, 'deviceMemory', { value: 0.25 }));
  const file = join(folder, 'middling.onnx');
  await writeFile(file, Buffer.alloc(140e6));
  await open(page, 'class', '?backend=cpu&sample=dog');
  await give(page, file);
  await expect(page.locator('#alert-text')).toContainText(/takes 140 MB, .* at most 134 MB/);
  await expect(page.locator('#network-name')).toHaveText('EfficientNet-Lite0');
});

test('where memory ends on the way, that is said, and the built-in network is a press away', async ({ page }) => {
  // 700 channels of a million positions are 2.9 GB.
  const buffer = Buffer.from(wideNetwork(1024, 700));
  await open(page, 'class', '?backend=cpu&sample=dog');
  await page.locator('#network-files').setInputFiles({ name: 'wide.onnx', mimeType: '', buffer });
  await expect(page.locator('#alert-text')).toContainText(/memory.*\d{4,} MB/i, { timeout: 60_000 });
  await expect(loading(page)).toBeHidden();
  const back = page.locator('#network-back');
  if (await back.isVisible()) await back.click();
  await expect(page.locator('#network-name')).toHaveText('EfficientNet-Lite0');
  await done(page);
  await expect(page.locator('#answer-class')).toHaveText('German shepherd');
});
