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
