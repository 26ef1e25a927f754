// A blank page of the site's origin on which tests use the built package, and files for it.
import { readFile } from 'node:fs/promises';
import { test as base } from '@playwright/test';
import type * as Gradlens from '../../pkg/src/index.ts';

export const root = new URL('../../', import.meta.url);

/** Where the f32 model lies, for tests of exactness. */
const f32Model =
  process.env.GRADLENS_MODEL_F32 ?? new URL('build/model/efficientnet-lite0.f32.safetensors', root);

declare global {
  var gradlens: typeof Gradlens;
  var explainer: Gradlens.Explainer;
}

export const test = base.extend({
  page: async ({ page }, use) => {
    await page.route('**/test/blank.html', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>test</title>' }),
    );
    await page.route('**/test/f32.safetensors', async (route) =>
      route.fulfill({ contentType: 'application/octet-stream', body: await readFile(f32Model) }),
    );
    await page.goto('test/blank.html');
    await page.evaluate(async (url) => {
      globalThis.gradlens = await import(url);
    }, '/gradlens/dist/index.js');
    await use(page);
  },
});

export { expect } from '@playwright/test';
