// Where the page is cross-origin isolated, all cores compute the network, in one memory.
import { writeFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { usePackage } from './package-page.ts';
import { type SiteServer, expect, test } from './site-server.ts';

const ISOLATION = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** The machine's cores, as the worker is told. */
const CORES = 3;

/** Notes the workers that a worker starts. */
const OBSERVE = `
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: ${CORES} });
  globalThis.started = [];
  globalThis.Worker = class extends Worker {
    constructor(...all) {
      super(...all);
      started.push(this);
    }
  };`;

declare global {
  var started: Worker[];
}

/** Loads an explainer on a blank page, isolated or not. */
async function load(page: Page, site: SiteServer, isIsolated: boolean, before = '') {
  site.headers = isIsolated ? ISOLATION : {};
  await writeFile(site.file('blank.html'), '<!doctype html><title>test</title>');
  await writeFile(site.file('observe.js'), OBSERVE + before);
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
    endOne: () => worker!.evaluate(() => started[0]!.terminate()),
  };
}

const threads = (page: Page) => page.evaluate(() => explainer.threads());

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

/** The same by one thread, in the module whose memory threads may share. */
const mapsOfOne = async (page: Page) => {
  await page.evaluate(async () => {
    explainer.dispose();
    const { load } = (await import(new URL('gradlens/dist/direct.js', location.href).href)) as typeof gradlens;
    const wasm = await (await fetch('gradlens/dist/wasm/threads/gradlens_relaxed_bg.wasm')).arrayBuffer();
    globalThis.explainer = await load({ backend: 'cpu', wasm: { cpu: new Uint8Array(wasm) } });
  });
  return maps(page);
};

function largestDifference(maps: number[][], expected: number[][]): number {
  const differences = maps.flatMap((map, at) => {
    const top = Math.max(...expected[at]!);
    return map.map((value, i) => Math.abs(value - expected[at]![i]!) / top);
  });
  return Math.max(...differences);
}

test('all cores find what one does', async ({ page, site }) => {
  const one = await load(page, site, false);
  const expected = await maps(page);
  expect([await one.started(), await threads(page)]).toEqual([0, 1]);

  const all = await load(page, site, true);
  expect(await all.started()).toBe(CORES - 1);
  await expect.poll(() => threads(page), { timeout: 30_000 }).toBe(CORES);
  const shared = await maps(page);
  expect(largestDifference(shared, expected)).toBeLessThan(1e-4);
  expect(await mapsOfOne(page), 'to the bit, by the same module').toEqual(shared);
});

test('a worker whose script lacks the header of the page is told which', async ({ page, site }) => {
  site.withoutHeaders = 'gradlens/dist/gradlens/worker.js';
  await load(page, site, true);
  const said = page.evaluate<string>("gradlens.load().then(() => 'loaded', ({ code, message }) => code + ': ' + message)");
  expect(await said).toMatch(/^runtime-unavailable: .*Cross-Origin-Embedder-Policy.*that header, too/);
});

test('a thread that is lost is done without', async ({ page, site }) => {
  const { endOne } = await load(page, site, true);
  await expect.poll(() => threads(page), { timeout: 30_000 }).toBe(CORES);
  const shared = await maps(page);
  await endOne();
  expect(await maps(page)).toEqual(shared);
});

const HINDRANCES = {
  'no memory for all': `
    WebAssembly.Memory = class { constructor() { throw new RangeError('could not allocate memory'); } };`,
  'no promise that waits for memory': 'delete Atomics.waitAsync;',
};

for (const [hindrance, before] of Object.entries(HINDRANCES)) {
  test(`one thread computes where there is ${hindrance}`, { tag: '@chromium' }, async ({ page, site }) => {
    const { started } = await load(page, site, true, before);
    expect((await maps(page)).flat().every(Number.isFinite)).toBe(true);
    expect(await started()).toBe(0);
    expect(site.sent(/wasm\/threads/)).toBe(0);
  });
}

test('one thread computes where the memory of all was there only to be looked at', { tag: '@chromium' }, async ({ page, site }) => {
  const { started } = await load(page, site, true, `
    const { Memory } = WebAssembly;
    let left = 1;
    WebAssembly.Memory = class extends Memory {
      constructor(kind) {
        if (kind.shared && left-- === 0) throw new RangeError('could not allocate memory');
        super(kind);
      }
    };`);
  expect(site.sent(/wasm\/threads/)).toBeGreaterThan(0);
  expect((await maps(page)).flat().every(Number.isFinite)).toBe(true);
  expect([await started(), await threads(page)]).toEqual([0, 1]);
});
