// What becomes of calls and memory when workers, devices and callers come and go.
import type { Page, Worker } from '@playwright/test';
import { DESTRUCTIBLE, expect, openBlank, test, workerAfter } from './package-page.ts';
import { residentMegabytes } from './memory.ts';

const destroyDevice = (worker: Worker) =>
  worker.evaluate(() => (globalThis as unknown as { devices: { destroy(): void }[] }).devices[0]!.destroy());

test('a call that runs stops between its stages once it is aborted', async ({ page }) => {
  const { whole, aborted } = await page.evaluate(async () => {
    const explainer = await gradlens.load({ backend: 'cpu' });
    const image = await sample('dog.webp');
    const measure = async (signal?: AbortSignal) => {
      const start = performance.now();
      const call = explainer.faithfulness(image, 235, ['grad-cam'], { curveSteps: 20, signal });
      await call.catch(({ code }) => code);
      // Answered only when the network is idle again.
      await explainer.classify(image);
      return performance.now() - start;
    };
    const whole = await measure();
    return { whole, aborted: await measure(AbortSignal.timeout(whole / 10)) };
  });
  expect(aborted).toBeLessThan(whole / 2);
});

test('a worker that is killed fails its calls, and the next load works', async ({ page }) => {
  await page.evaluate(async () => {
    globalThis.explainer = await gradlens.load({ backend: 'cpu' });
  });
  const [worker] = page.workers();
  const pending = page.evaluate(async () => {
    const image = await sample('dog.webp');
    const calls = Array.from({ length: 20 }, (_, i) => explainer.explain(image, i, 'grad-cam++', { inputSize: 448 }));
    return (await Promise.allSettled(calls)).map((call) => (call.status === 'rejected' ? call.reason.code : 'answered'));
  });
  await worker!.evaluate(() => close());
  const outcomes = await pending;
  expect(outcomes.at(-1)).toBe('runtime-unavailable');
  expect(new Set(outcomes).size).toBeLessThanOrEqual(2);
  const next = await page.evaluate(async () => {
    const codeOf = (call: Promise<unknown>) => call.catch(({ code }) => code);
    const image = await sample('dog.webp');
    const dead = await codeOf(explainer.classify(image));
    return [dead, (await (await gradlens.load({ backend: 'cpu' })).classify(image, 1))[0]!.label];
  });
  expect(next).toEqual(['runtime-unavailable', 'German shepherd']);
});

test('a call that loses its GPU is answered by a new device, once', async ({ page }) => {
  test.setTimeout(300_000);
  const workerUrl = await workerAfter(page, DESTRUCTIBLE);
  const before = await page.evaluate(async (workerUrl) => {
    const restarts: string[] = [];
    const explainer = await gradlens.load({
      backend: 'webgpu',
      workerUrl,
      onRestart: (reason) => restarts.push(reason),
    });
    Object.assign(globalThis, { restarts, explainer });
    return Array.from((await explainer.explain(await sample('dog.webp'), 235, 'grad-cam++', { inputSize: 96 })).raw);
  }, workerUrl);
  const answer = page.evaluate(async () => {
    const image = await sample('panda.webp');
    const { raw } = await explainer.explain(image, 388, 'grad-cam++', { inputSize: 96 });
    const again = await explainer.explain(await sample('dog.webp'), 235, 'grad-cam++', { inputSize: 96 });
    const { restarts } = globalThis as unknown as { restarts: string[] };
    return { finite: raw.every(Number.isFinite), again: Array.from(again.raw), restarts, backend: explainer.backend };
  });
  const [worker] = page.workers();
  await destroyDevice(worker!);
  const { finite, again, restarts, backend } = await answer;
  expect(finite).toBe(true);
  expect(backend).toBe('webgpu');
  expect(restarts).toHaveLength(1);
  const top = Math.max(...before);
  expect(Math.max(...again.map((value, i) => Math.abs(value - before[i]!))) / top).toBeLessThan(1e-4);
});

test('a GPU that comes back is used again, also after a restart that failed', async ({ page }) => {
  test.setTimeout(300_000);
  const workerUrl = await workerAfter(page, DESTRUCTIBLE);
  await page.evaluate(async (workerUrl) => {
    globalThis.explainer = await gradlens.load({ backend: 'webgpu', workerUrl });
  }, workerUrl);
  const classify = () =>
    page.evaluate(async () => explainer.classify(await sample('dog.webp'), 1).then(([best]) => best!.label, ({ code }) => code));
  const label = await classify();
  await workerAfter(page, 'GPU.prototype.requestAdapter = async () => null;');
  await destroyDevice(page.workers()[0]!);
  await page.evaluate(async () => {
    // Another picture: what was found out of the last one is kept.
    const image = await sample('panda.webp');
    await explainer.classify(image).catch(() => undefined);
  });
  expect(await classify()).toBe('webgpu-unavailable');
  await workerAfter(page, DESTRUCTIBLE);
  expect(await classify()).toBe(label);
});

test('two tabs work at once', async ({ page, context }) => {
  const other = await context.newPage();
  await openBlank(other);
  const labels = (tab: Page) =>
    tab.evaluate(async () => {
      const image = await sample('panda.webp');
      const explainer = await gradlens.load({ backend: 'cpu' });
      const answers = await Promise.all(Array.from({ length: 10 }, () => explainer.explain(image)));
      return answers.map(({ label }) => label);
    });
  const expected = Array.from({ length: 10 }, () => 'giant panda');
  expect(await Promise.all([labels(page), labels(other)])).toEqual([expected, expected]);
});

test('dispose gives the memory back', async ({ page, browser }) => {
  const grow = () =>
    page.evaluate(async () => {
      const explainers = [];
      for (let i = 0; i < 4; i++) explainers.push(await gradlens.load({ backend: 'cpu' }));
      const image = await sample('dog.webp');
      for (const each of explainers) await each.explain(image, 235, 'grad-cam++', { inputSize: 448 });
      Object.assign(globalThis, { explainers });
    });
  const dispose = () =>
    page.evaluate(() => {
      const { explainers } = globalThis as unknown as { explainers: { dispose(): void }[] };
      for (const each of explainers) each.dispose();
      Object.assign(globalThis, { explainers: [] });
    });
  // The first round is what the browser keeps for good.
  await grow();
  await dispose();
  await page.waitForTimeout(1000);
  const before = await residentMegabytes(browser);
  await grow();
  const during = await residentMegabytes(browser);
  await dispose();
  await expect.poll(() => residentMegabytes(browser)).toBeLessThan(before + (during - before) / 4);
});
