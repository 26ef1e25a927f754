// The custom element: what its attributes do, what it tells, and how it is styled.
import { readFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { GradLensElement } from '../../pkg/src/element.ts';
import { expect, root, test } from './package-page.ts';

const small = new URL('tests/layers_models/', root);

/** Puts elements into a page, and notes what they tell. */
async function show(page: Page, html: string): Promise<void> {
  await page.evaluate((html) => {
    const script = Object.assign(document.createElement('script'), { type: 'module', src: '/gradlens/dist/element.js' });
    globalThis.told = [];
    for (const type of ['progress', 'explained', 'error']) {
      document.addEventListener(type, (event) => told.push([type, (event as CustomEvent).detail]), true);
    }
    document.documentElement.lang = 'en';
    document.body.innerHTML = `<main>${html}</main>`;
    document.head.append(script);
  }, html);
}

declare global {
  var told: [type: string, detail: unknown][];
}

const status = (page: Page, at = 0) => page.locator('grad-lens').nth(at).getByRole('status');
const dog = 'src="/samples/dog.webp" alt="A dog"';

/** Serves a layers model with labels. */
async function serveNetwork(page: Page): Promise<void> {
  const files = { 'model.json': 'plain.json', 'plain.bin': 'plain.bin' };
  for (const [name, file] of Object.entries(files)) {
    const body = await readFile(new URL(file, small));
    await page.route(`**/test/${name}`, (route) => route.fulfill({ body }));
  }
  await page.route('**/test/labels.txt', (route) => route.fulfill({ body: 'cat\nhound dog\nhen\nowl\ndog' }));
}

test('it tells how far it is, and what it found', async ({ page }) => {
  await show(page, `<grad-lens ${dog}></grad-lens>`);
  await expect(status(page)).toHaveText(/^German shepherd: \d+ %$/);
  const told = await page.evaluate(() => globalThis.told.map(([type, detail]) => [type, { ...(detail as object) }] as const));
  expect(told.at(-1)).toMatchObject(['explained', { classIdx: 235, method: 'grad-cam++' }]);
  const shares = told.filter(([type]) => type === 'progress').map(([, detail]) => (detail as { fraction: number }).fraction);
  expect(shares.length).toBeGreaterThan(5);
  expect(shares.at(-1)).toBe(1);
  expect((await new AxeBuilder({ page }).include('grad-lens').analyze()).violations).toEqual([]);
});

test('its attributes choose method, layer, class, colours; its parts can be styled', async ({ page }) => {
  await show(page, `<style>grad-lens::part(label) { color: rgb(1, 2, 3); } .wide { width: 300px; }</style><grad-lens ${dog} class="wide"></grad-lens>`);
  // No class is called so: the attribute is for CSS here.
  await expect(status(page)).toHaveText(/^German shepherd: /);
  const element = page.locator('grad-lens');
  expect(await element.evaluate(({ shadowRoot }) => getComputedStyle(shadowRoot!.querySelector('[part=label]')!).color)).toBe('rgb(1, 2, 3)');
  expect((await element.boundingBox())!.width).toBe(300);
  const change = (attributes: Record<string, string>) =>
    element.evaluate(async (element, attributes) => {
      const explained = new Promise((resolve) => element.addEventListener('explained', resolve, { once: true }));
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      await explained;
      const { classIdx, method, layer } = (element as GradLensElement).explanation!;
      const map = element.shadowRoot!.querySelector('canvas')!;
      const pixels = map.getContext('2d')!.getImageData(0, 0, map.width, map.height).data;
      const isGray = pixels.every((value, at) => at % 4 === 3 || value === pixels[at - (at % 4)]);
      return { classIdx, method, layer, isGray };
    }, attributes) as Promise<object>;
  expect(await change({ class: 'malinois' })).toMatchObject({ classIdx: 225 });
  expect(await change({ class: '207', method: 'xgrad-cam', layer: 'head', colormap: 'grayscale', opacity: '1' })).toEqual({
    classIdx: 207, method: 'xgrad-cam', layer: 'head', isGray: true,
  });
});

test('elements of one network share a worker, which ends with the last of them', async ({ page }) => {
  await serveNetwork(page);
  const own = `model="/test/model.json /test/plain.bin /test/labels.txt" contract='{"resize":"squash"}'`;
  await show(page, `<grad-lens ${dog} ${own} class="dog"></grad-lens><grad-lens src="/samples/panda.webp" ${own} class="cat"></grad-lens>`);
  // A word of a label is enough: of those that fit the most probable one is meant.
  await expect(status(page)).toHaveText(/^(hound )?dog: \d+ %/);
  await expect(status(page, 1)).toHaveText(/^cat: \d+ %/);
  expect(page.workers()).toHaveLength(1);
  await page.evaluate(() => {
    const [first] = document.querySelectorAll('grad-lens');
    first!.parentElement!.append(first!);
  });
  await expect(status(page, 1)).toHaveText(/dog: /);
  expect(page.workers()).toHaveLength(1);
  await page.evaluate(() => document.querySelector('main')!.replaceChildren());
  await expect.poll(() => page.workers().length).toBe(0);
});

test('what goes wrong is said, in the language of the page, and another try is possible', async ({ page }) => {
  await show(page, '<div lang="ko-KR"><grad-lens src="/samples/nowhere.webp"></grad-lens></div>');
  await expect(status(page)).toHaveText(/사진을 표시할 수 없습니다.*nowhere/);
  const set = (name: string, value: string) => page.locator('grad-lens').evaluate((element, [name, value]) => element.setAttribute(name!, value!), [name, value]);
  await set('src', '/samples/dog.webp');
  await expect(status(page)).toHaveText(/German shepherd/);
  await set('method', 'glad-cam');
  await expect(status(page)).toHaveText(/there is no method "glad-cam"/);
  await set('model', '/test/nowhere.onnx');
  await expect(status(page)).toHaveText(/model cannot be loaded.*nowhere/);
  await expect(page.locator('grad-lens').getByRole('progressbar')).toBeHidden();
  expect(await page.evaluate(() => told.filter(([type]) => type === 'error').length)).toBe(3);
});
