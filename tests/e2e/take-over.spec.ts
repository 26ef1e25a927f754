// With `auto` the CPU answers first, and the GPU from when it is ready.
import { REAL_ADAPTER, expect, test, workerAfter } from './package-page.ts';

test('the GPU takes over between two answers', async ({ page }) => {
  const workerUrl = await workerAfter(page, REAL_ADAPTER);
  const answers = await page.evaluate(async (workerUrl) => {
    const explainer = await gradlens.load({ workerUrl });
    const picture = await sample('dog.webp');
    const answer = async () => {
      const { raw } = await explainer.explain(picture, 235);
      return { backend: explainer.backend, reason: explainer.fallbackReason, raw: Array.from(raw) };
    };
    const answers = [await answer()];
    while (answers.at(-1)!.backend === 'cpu') {
      await new Promise((resolve) => setTimeout(resolve, 100));
      answers.push(await answer());
    }
    return answers;
  }, workerUrl);
  expect(answers.at(-1)!.backend).toBe('webgpu');
  const highest = Math.max(...answers[0]!.raw);
  for (const { reason, raw } of answers) {
    expect(reason).toBeNull();
    expect(Math.max(...raw.map((value, i) => Math.abs(value - answers[0]!.raw[i]!)))).toBeLessThan(1e-4 * highest);
  }
  await expect.poll(() => page.workers().length).toBe(1);
});

test('a GPU of which the browser did not know at first takes over too', async ({ page }) => {
  const workerUrl = await workerAfter(page, 'GPU.prototype.requestAdapter = async () => null;');
  await page.evaluate(REAL_ADAPTER);
  const reason = await page.evaluate(async (workerUrl) => {
    globalThis.explainer = await gradlens.load({ workerUrl });
    return explainer.fallbackReason;
  }, workerUrl);
  expect(reason).toBe('WebGPU has no adapter on this machine');
  await workerAfter(page, REAL_ADAPTER);
  const classify = () => page.evaluate(async () => (await explainer.classify(await sample('dog.webp'), 1))[0]!.label);
  expect(await classify()).toBe('German shepherd');
  await expect.poll(() => page.evaluate(() => explainer.backend), { timeout: 60_000 }).toBe('webgpu');
  expect(await classify()).toBe('German shepherd');
  expect(await page.evaluate(() => explainer.fallbackReason)).toBeNull();
});

test('a browser that does not answer leaves the CPU answering', async ({ page }) => {
  const silent = 'GPU.prototype.requestAdapter = () => new Promise(() => undefined);';
  const workerUrl = await workerAfter(page, silent);
  await page.evaluate(silent);
  const seen = await page.evaluate(async (workerUrl) => {
    const explainer = await gradlens.load({ workerUrl });
    const [best] = await explainer.classify(await sample('dog.webp'), 1);
    const refused = await gradlens.load({ backend: 'webgpu', workerUrl }).catch(({ code }) => code);
    return [explainer.backend, explainer.fallbackReason, best!.label, refused];
  }, workerUrl);
  expect(seen).toEqual(['cpu', 'the browser does not answer what WebGPU adapter there is', 'German shepherd', 'webgpu-unavailable']);
});

const software: [how: string, description: string][] = [
  ['calls itself llvmpipe', "Object.defineProperty(GPUAdapterInfo.prototype, 'description', { value: 'llvmpipe (LLVM 19.1.7, 256 bits)' });"],
  ['a browser says so of', "Object.defineProperty(GPUAdapterInfo.prototype, 'isFallbackAdapter', { value: true });"],
  [
    'an older Chromium says so of',
    `Object.defineProperty(GPUAdapterInfo.prototype, 'isFallbackAdapter', { value: undefined });
     Object.defineProperty(GPUAdapter.prototype, 'isFallbackAdapter', { value: true });`,
  ],
];
for (const [how, script] of software) {
  test(`an adapter that computes on the CPU, as ${how}, is left alone`, async ({ page }) => {
    const workerUrl = await workerAfter(page, REAL_ADAPTER + script);
    const reason = await page.evaluate(async (workerUrl) => (await gradlens.load({ workerUrl })).fallbackReason, workerUrl);
    expect(reason).toMatch(/software/);
  });
}

test('a GPU that cannot be loaded leaves the CPU answering', async ({ page }) => {
  const workerUrl = await workerAfter(page, REAL_ADAPTER);
  const { backend, reason, top } = await page.evaluate(async (workerUrl) => {
    const explainer = await gradlens.load({ workerUrl, wasmUrl: { webgpu: '/test/nowhere.wasm' } });
    const picture = await sample('dog.webp');
    await explainer.classify(picture);
    while (explainer.fallbackReason === null) await new Promise((resolve) => setTimeout(resolve, 50));
    const [best] = await explainer.classify(picture);
    return { backend: explainer.backend, reason: explainer.fallbackReason, top: best!.classIdx };
  }, workerUrl);
  expect(backend).toBe('cpu');
  expect(reason).toMatch(/WebAssembly module cannot be loaded.*404/);
  expect(top).toBe(235);
  await expect.poll(() => page.workers().length).toBe(1);
});

test('an explainer that is disposed of meanwhile leaves no worker behind', async ({ page }) => {
  const workerUrl = await workerAfter(page, REAL_ADAPTER);
  await page.evaluate(async (workerUrl) => {
    const explainer = await gradlens.load({ workerUrl });
    await explainer.classify(await sample('dog.webp'));
    explainer.dispose();
  }, workerUrl);
  await expect.poll(() => page.workers().length, { timeout: 60_000 }).toBe(0);
});
