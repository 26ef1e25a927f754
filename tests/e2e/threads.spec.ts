// Where the page is cross-origin isolated, a second thread computes half of the network.
import { writeFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { usePackage } from './package-page.ts';
import { type SiteServer, expect, test } from './site-server.ts';

const ISOLATION = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** Notes the workers that a worker starts, and counts how often it hands sums over. */
const OBSERVE = `
  globalThis.started = [];
  globalThis.Worker = class extends Worker {
    constructor(...all) {
      super(...all);
      started.push(this);
    }
  };
  globalThis.handedOver = 0;
  const { store } = Atomics;
  Atomics.store = (...all) => {
    handedOver += 1;
    return store(...all);
  };`;

declare global {
  var started: Worker[];
  var handedOver: number;
}

/** Loads an explainer on a blank page, isolated or not. */
async function load(page: Page, site: SiteServer, isIsolated: boolean) {
  site.headers = isIsolated ? ISOLATION : {};
  await writeFile(site.file('blank.html'), '<!doctype html><title>test</title>');
  await writeFile(site.file('observe.js'), OBSERVE);
  await writeFile(site.file('worker.js'), `import './observe.js'; import './gradlens/dist/worker.js';`);
  await page.goto(`${site.url}blank.html`);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(isIsolated);
  await usePackage(page, site.url);
  await page.evaluate(async () => {
    globalThis.explainer = await gradlens.load({ backend: 'cpu', workerUrl: 'worker.js' });
  });
  const [worker] = page.workers();
  return {
    started: () => worker!.evaluate(() => started.length),
    handedOver: () => worker!.evaluate(() => handedOver),
    endSecond: () => worker!.evaluate(() => started[0]!.terminate()),
  };
}

/** The maps of a photo that the explainer has not kept, at two sizes. */
const maps = (page: Page) =>
  page.evaluate(async () => {
    const image = await sample('dog.webp');
    const maps = [];
    for (const inputSize of [224, 320]) {
      const { raw } = await explainer.explain(image, 235, 'grad-cam++', { inputSize });
      maps.push(Array.from(raw));
    }
    for (const file of ['panda.webp', 'cat.webp']) await explainer.classify(await sample(file));
    return maps;
  });

/** Explains until the second thread takes part. */
async function untilShared(page: Page, handedOver: () => Promise<number>) {
  await expect.poll(async () => (await maps(page), handedOver()), { timeout: 60_000 }).toBeGreaterThan(0);
}

function largestDifference(maps: number[][], expected: number[][]): number {
  const differences = maps.flatMap((map, at) => {
    const top = Math.max(...expected[at]!);
    return map.map((value, i) => Math.abs(value - expected[at]![i]!) / top);
  });
  return Math.max(...differences);
}

test('a second thread finds what one does', async ({ page, site }) => {
  const one = await load(page, site, false);
  const expected = await maps(page);
  expect([await one.started(), await one.handedOver()]).toEqual([0, 0]);

  const two = await load(page, site, true);
  await untilShared(page, two.handedOver);
  const before = await two.handedOver();
  const shared = await maps(page);
  expect(await two.handedOver()).toBeGreaterThan(before);
  expect(await two.started()).toBe(1);
  expect(largestDifference(shared, expected)).toBeLessThan(1e-4);
});

test('a worker whose script lacks the header of the page is told which', async ({ page, site }) => {
  site.withoutHeaders = 'gradlens/dist/gradlens/worker.js';
  await load(page, site, true);
  const said = page.evaluate<string>("gradlens.load().then(() => 'loaded', ({ code, message }) => code + ': ' + message)");
  expect(await said).toMatch(/^runtime-unavailable: .*Cross-Origin-Embedder-Policy.*that header, too/);
});

test('a second thread that is lost is done without', async ({ page, site }) => {
  const { handedOver, endSecond } = await load(page, site, true);
  await untilShared(page, handedOver);
  const shared = await maps(page);
  await endSecond();
  expect(await maps(page)).toEqual(shared);
  const after = await handedOver();
  expect(await maps(page)).toEqual(shared);
  expect(await handedOver()).toBe(after);
});
