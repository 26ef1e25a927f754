// What becomes of calls and memory when workers, devices and callers come and go.
import type { Page, Worker as PageWorker } from '@playwright/test';
import { DESTRUCTIBLE, expect, openBlank, test, workerAfter } from './package-page.ts';
import { residentMegabytes } from './memory.ts';

declare global {
  var started: Worker[];
}

const destroyDevice = (worker: PageWorker) =>
  worker.evaluate(() => (globalThis as unknown as { devices: { destroy(): void }[] }).devices[0]!.destroy());

/** What the dog is to the explainer, or the code of its failure. */
const dogsLabel = (page: Page) =>
  page.evaluate(async () =>
    explainer.classify(await sample('dog.webp'), 1).then(([best]) => best!.label, ({ code }) => code as string),
  );

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

test('a worker that is killed fails the call that runs, and those that follow are answered by a new one', async ({ page }) => {
  await page.evaluate(async () => {
    globalThis.explainer = await gradlens.load({ backend: 'cpu' });
  });
  const [worker] = page.workers();
  await page.evaluate(async () => {
    const image = await sample('dog.webp');
    const ask = (i: number) => explainer.explain(image, i, 'grad-cam++', { inputSize: 448 });
    const calls = Array.from({ length: 20 }, (_, i) => ask(i).then(() => 'answered', ({ code }) => code as string));
    Object.assign(globalThis, { calls });
    await calls[0];
  });
  await worker!.evaluate(() => close());
  const outcomes = await page.evaluate(() => Promise.all((globalThis as unknown as { calls: Promise<string>[] }).calls));
  expect(outcomes.filter((outcome) => outcome === 'runtime-unavailable')).toHaveLength(1);
  expect(outcomes.at(-1)).toBe('answered');
  expect(await dogsLabel(page)).toBe('German shepherd');
  expect(page.workers()).toHaveLength(1);
});

test('an explainer that is disposed of while its worker is started again leaves none', async ({ page }) => {
  await page.evaluate(async () => {
    globalThis.explainer = await gradlens.load({ backend: 'cpu' });
  });
  await page.workers()[0]!.evaluate(() => close());
  await expect.poll(() => page.workers()).toEqual([]);
  const [started, code] = [page.waitForEvent('worker'), dogsLabel(page)];
  await started;
  await page.evaluate(() => explainer.dispose());
  expect(await code).toBe('disposed');
  await expect.poll(() => page.workers()).toEqual([]);
});

for (const entry of ['index', 'direct']) {
  test(`a core that runs out of memory fails its call, from ${entry}.js`, async ({ page }) => {
    const codes = await page.evaluate(async (entry) => {
      const { load } = (await import(`${location.origin}/gradlens/dist/${entry}.js`)) as typeof gradlens;
      const bytes = new Uint8Array(await (await fetch('/gradlens/dist/wasm/cpu/gradlens_bg.wasm')).arrayBuffer());
      // The section of its memory, which begins with so many pages: from now on it has an end.
      const at = bytes.findIndex((_, at) => bytes.subarray(at, at + 4).join() === '5,3,1,0');
      const limited = Uint8Array.of(5, 5, 1, 1, bytes[at + 4]!, 0x80 | (818 & 0x7f), 818 >> 7);
      const cpu = await new Blob([bytes.subarray(0, at), limited, bytes.subarray(at + 5)]).arrayBuffer();
      const explainer = await load({ backend: 'cpu', wasm: { cpu } });
      const image = await sample('dog.webp');
      const code = (side: number) => explainer.explain(image, 235, 'cam', { inputSize: { width: side, height: side } }).then(({ label }) => label, ({ code }) => code);
      return [await code(224), await code(992), await code(224)];
    }, entry);
    expect(codes).toEqual(['German shepherd', 'internal', entry === 'index' ? 'German shepherd' : 'internal']);
  });
}

test('a worker that is killed with a model that moved to it stays dead, and says so', async ({ page }) => {
  await page.evaluate(async () => {
    const model = await (await fetch('/gradlens/model/efficientnet-lite0.onnx')).arrayBuffer();
    globalThis.explainer = await gradlens.load({ backend: 'cpu', model });
  });
  await page.workers()[0]!.evaluate(() => close());
  for (let call = 0; call < 2; call++) expect(await dogsLabel(page)).toBe('runtime-unavailable');
});

// Messages that cannot be read, which takes two groups of processes to have, are played.
const unreadable: [what: string, lose: (page: Page) => Promise<unknown>][] = [
  ['an answer that the page cannot read', (page) => page.evaluate(() => started[0]!.dispatchEvent(new MessageEvent('messageerror')))],
  ['a question that the worker cannot read', (page) => page.workers()[0]!.evaluate(() => void setTimeout(() => dispatchEvent(new MessageEvent('messageerror'))))],
];
for (const [what, lose] of unreadable) {
  test(`${what} fails its call, and the next one is answered`, async ({ page }) => {
    const workerUrl = await workerAfter(
      page,
      'const send = postMessage; globalThis.isMute = false; globalThis.postMessage = (...all) => isMute || send(...all);',
    );
    await page.evaluate(async (workerUrl) => {
      globalThis.started = [];
      globalThis.Worker = class extends Worker {
        constructor(...all: ConstructorParameters<typeof Worker>) {
          super(...all);
          started.push(this);
        }
      };
      globalThis.explainer = await gradlens.load({ backend: 'cpu', workerUrl });
    }, workerUrl);
    const [worker] = page.workers();
    const mute = (isMute: boolean) => worker!.evaluate((isMute) => void Object.assign(globalThis, { isMute }), isMute);
    await mute(true);
    const lost = dogsLabel(page);
    await page.waitForTimeout(500);
    await lose(page);
    expect(await lost).toBe('runtime-unavailable');
    // Unless it has ended.
    await mute(false).catch(() => undefined);
    expect(await dogsLabel(page)).toBe('German shepherd');
  });
}

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
    const image = await sample('dog.webp');
    // What cannot be sent to the worker is no failure of its GPU.
    const odd = { inputSize: { width: 96, height: (() => 96) as unknown as number } };
    const code = await explainer.explain(image, 235, 'cam', odd).catch(({ code }) => code);
    if (code !== 'invalid-argument' || restarts.length > 0) throw new Error(`${code}, ${restarts.length} restarts`);
    return Array.from((await explainer.explain(image, 235, 'grad-cam++', { inputSize: 96 })).raw);
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
