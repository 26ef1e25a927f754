// A GPU that is right at first and then computes nothing any more, without a word.
import type { Page, Worker as PageWorker } from '@playwright/test';
import { REAL_ADAPTER, expect, test, workerAfter } from './package-page.ts';

/** A script that counts a worker's launches, and lets only so many of them happen. */
const launching = (most: number) => `
  globalThis.launched = 0;
  globalThis.most = ${most};
  const { dispatchWorkgroups } = GPUComputePassEncoder.prototype;
  GPUComputePassEncoder.prototype.dispatchWorkgroups = function (...count) {
    launched += 1;
    if (launched <= most) dispatchWorkgroups.apply(this, count);
  };`;

interface Launches {
  launched: number;
  most: number;
}

const launched = (worker: PageWorker) => worker.evaluate(() => (globalThis as unknown as Launches).launched);
/** Lets only so many more launches happen. */
const allow = (worker: PageWorker, more: number) =>
  worker.evaluate((more) => {
    const launches = globalThis as unknown as Launches;
    launches.most = launches.launched + more;
  }, more);

/** Loads the network on the GPU, and notes what is told of restarts. */
const load = (page: Page, workerUrl: string, backend: 'auto' | 'webgpu') =>
  page.evaluate(
    async ([workerUrl, backend]) => {
      const restarts: string[] = [];
      globalThis.explainer = await gradlens.load({ backend, workerUrl, onRestart: (reason) => restarts.push(reason) });
      Object.assign(globalThis, { restarts });
    },
    [workerUrl, backend] as const,
  );

/** What a photo shows, its map, and what was told of restarts since the last answer. */
const answer = (page: Page, photo: string) =>
  page.evaluate(async (photo) => {
    const { label, raw } = await explainer.explain(await sample(photo));
    const { restarts } = globalThis as unknown as { restarts: string[] };
    return { label, raw: Array.from(raw), restarts: restarts.splice(0), backend: explainer.backend };
  }, photo);

const GONE = 'values of a picture are not finite, or were left out, where the CPU gives others';
const LAYER = 'values of a layer do not follow from those before it, where the CPU gives others';

test('what a GPU leaves out is found at once, and answered by a new device', async ({ page }) => {
  test.setTimeout(300_000);
  const workerUrl = await workerAfter(page, launching(Infinity));
  await load(page, workerUrl, 'webgpu');
  const dog = await answer(page, 'dog.webp');
  expect(dog).toMatchObject({ label: 'German shepherd', restarts: [], backend: 'webgpu' });

  await allow(page.workers()[0]!, 0);
  const panda = await answer(page, 'panda.webp');
  expect(panda).toMatchObject({ label: 'giant panda', backend: 'webgpu' });
  expect(panda.restarts).toEqual([`the webgpu device failed: ${GONE}`]);

  const again = await answer(page, 'dog.webp');
  expect(again).toMatchObject({ label: 'German shepherd', restarts: [], backend: 'webgpu' });
  const highest = Math.max(...dog.raw);
  expect(Math.max(...again.raw.map((value, i) => Math.abs(value - dog.raw[i]!)))).toBeLessThan(1e-4 * highest);
});

test('a layer that is left out is found when it has its turn', async ({ page }) => {
  test.setTimeout(300_000);
  const workerUrl = await workerAfter(page, launching(Infinity));
  await load(page, workerUrl, 'webgpu');
  // Only the first launch of the first picture, whose turn that is.
  await page.workers()[0]!.evaluate(() => {
    const { prototype } = GPUComputePassEncoder;
    const { dispatchWorkgroups } = prototype;
    let isFirst = true;
    prototype.dispatchWorkgroups = function (...count) {
      if (!isFirst) dispatchWorkgroups.apply(this, count);
      isFirst = false;
    };
  });
  const { label, restarts } = await answer(page, 'dog.webp');
  expect(label).toBe('German shepherd');
  expect(restarts).toEqual([`the webgpu device failed: ${LAYER}`]);
});

test('a GPU that is right in no picture is left for the CPU', async ({ page }) => {
  test.setTimeout(300_000);
  await load(page, await workerAfter(page, launching(Infinity)), 'webgpu');
  const ofCheck = await launched(page.workers()[0]!);
  await page.evaluate(() => explainer.dispose());

  // The check at load is all that each device gets right.
  await load(page, await workerAfter(page, REAL_ADAPTER + launching(ofCheck)), 'auto');
  const reasons: string[] = [];
  await expect(async () => {
    for (const [photo, expected] of [['dog.webp', 'German shepherd'], ['panda.webp', 'giant panda']] as const) {
      const { label, restarts } = await answer(page, photo);
      expect(label).toBe(expected);
      reasons.push(...restarts);
    }
    expect(await page.evaluate(() => explainer.fallbackReason)).not.toBeNull();
  }).toPass({ timeout: 120_000 });
  expect(reasons).toHaveLength(2);
  expect(await page.evaluate(() => [explainer.backend, explainer.fallbackReason])).toEqual(['cpu', reasons[1]]);
});
