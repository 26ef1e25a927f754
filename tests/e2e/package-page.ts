// A blank page of the site's origin on which tests use the built package, and files for it.
import { readFile } from 'node:fs/promises';
import { type Page, test as base } from '@playwright/test';
import type * as Gradlens from '../../pkg/src/index.ts';

export const root = new URL('../../', import.meta.url);

/** Where the f32 model lies, for tests of exactness. */
const f32Model =
  process.env.GRADLENS_MODEL_F32 ?? new URL('build/model/efficientnet-lite0.f32.onnx', root);

declare global {
  var gradlens: typeof Gradlens;
  var explainer: Gradlens.Explainer;
  /** A sample photo's pixels. */
  var sample: (file: string) => Promise<ImageData>;
}

/** A script that makes the software adapter of a test machine pass for a real one. */
export const REAL_ADAPTER = `
  Object.defineProperty(GPUAdapterInfo.prototype, 'isFallbackAdapter', { value: false, configurable: true });
  for (const name of ['vendor', 'architecture', 'device', 'description']) {
    Object.defineProperty(GPUAdapterInfo.prototype, name, { value: '', configurable: true });
  }`;

/** A script that notes every device that a worker asks for, so that a test can destroy it. */
export const DESTRUCTIBLE = `
  globalThis.devices = [];
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (...args) {
    const device = await requestDevice.apply(this, args);
    devices.push(device);
    return device;
  };`;

/** Serves a worker, at the address returned, that runs a script of the test's before the package's own. */
export async function workerAfter(page: Page, script: string): Promise<string> {
  const serve = (file: string, body: string) =>
    page.context().route(`**/test/${file}`, (route) => route.fulfill({ contentType: 'text/javascript', body }));
  await serve('before.js', script);
  await serve('worker.js', `import './before.js'; import '/gradlens/dist/worker.js';`);
  return '/test/worker.js';
}

/** Makes a page the blank one, with the package and the samples at hand. */
export async function openBlank(page: Page): Promise<void> {
  await page.route('**/test/blank.html', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>test</title>' }),
  );
  await page.route('**/test/f32.onnx', async (route) =>
    route.fulfill({ contentType: 'application/octet-stream', body: await readFile(f32Model) }),
  );
  await page.goto('test/blank.html');
  await usePackage(page, '/');
}

/** Puts the package and the samples of a built site at a page's hand. */
export async function usePackage(page: Page, site: string): Promise<void> {
  await page.evaluate(async (site) => {
    globalThis.gradlens = await import(`${site}gradlens/dist/index.js`);
    globalThis.sample = async (file) => {
      const bitmap = await createImageBitmap(await (await fetch(`${site}samples/${file}`)).blob());
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      return context.getImageData(0, 0, bitmap.width, bitmap.height);
    };
  }, site);
}

export const test = base.extend({
  page: async ({ page }, use) => {
    await openBlank(page);
    await use(page);
  },
});

export { expect } from '@playwright/test';
