// What is dropped on the page, files apart: it is taken as a picture or refused, and never opened in the page's place.
import { pathToFileURL } from 'node:url';
import { type Page, expect, test } from '@playwright/test';
import { root } from './package-page.ts';
import { done, open } from './visit.ts';

/** Drops data of these types on an element; says whether the page kept the browser from opening them. */
const drop = (page: Page, data: Record<string, string>, target = 'body') =>
  page.evaluate(({ data, target }) => {
    const dataTransfer = new DataTransfer();
    for (const [type, text] of Object.entries(data)) dataTransfer.setData(type, text);
    const element = document.querySelector(target)!;
    const kept = ['dragenter', 'dragover', 'drop'].map((type) =>
      !element.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true })));
    return kept[1] && kept[2];
  }, { data, target });

const here = (page: Page, path: string) => new URL(path, page.url()).href;
const dot = 'data:image/gif;base64,R0lGODlhAQABAIAAAP8AAAAA/ywAAAAAAQABAAACAkQBADs=';

test('a picture of this site is taken by its address', async ({ page }) => {
  await open(page, 'class');
  expect(await drop(page, { 'text/uri-list': `# a comment\r\n${here(page, 'samples/panda.webp')}\r\n` })).toBe(true);
  await expect(page.locator('#picture')).toHaveAttribute('aria-label', 'Photo: panda.webp');
  await done(page);
  await expect(page.locator('#answer-class')).toHaveText(/panda/i);
  await expect(page.locator('body')).not.toHaveClass(/dropping/);
});

test('a picture within a link is the picture, and one that is its own address is read', async ({ page }) => {
  await open(page, 'class');
  expect(await drop(page, { 'text/uri-list': 'https://example.com/', 'text/html': `<a href="https://example.com/"><img src="${dot}"></a>` })).toBe(true);
  await expect(page.locator('#picture')).toHaveAttribute('aria-label', 'Photo: Your photo');
  await done(page);
});

const refused: [what: string, data: Record<string, string>, sentence: RegExp][] = [
  ['a picture of another site', { 'text/html': '<img src="https://example.com/cat.jpg">', 'text/uri-list': 'https://example.com/cat.jpg' }, /asks no other site/],
  ['a link to another site', { 'text/uri-list': 'https://example.com/', 'text/plain': 'https://example.com/' }, /asks no other site/],
  ['a link that is a script', { 'text/uri-list': 'javascript:document.title="taken"' }, /asks no other site/],
  ['an address that is none', { 'text/uri-list': 'http://[' }, /asks no other site/],
  ['words', { 'text/plain': 'hello', 'text/html': '<b>hello</b>' }, /holds no picture/],
];
for (const [what, data, sentence] of refused) {
  for (const address of ['./', 'evaluate.html']) {
    test(`${what} is refused in words on ${address}`, async ({ page }) => {
      const others: string[] = [];
      await page.goto(`${address}?backend=cpu`);
      await expect(page.locator('main')).toHaveAttribute('data-state', /done|idle/, { timeout: 60_000 });
      const { origin } = new URL(page.url());
      page.on('request', (request) => !request.url().startsWith(origin) && others.push(request.url()));
      expect(await drop(page, data)).toBe(true);
      await expect(page.locator('#alert-text')).toHaveText(sentence);
      expect(others).toEqual([]);
    });
  }
}

test('a link to a page of this site is no picture', async ({ page }) => {
  await open(page, 'class');
  expect(await drop(page, { 'text/uri-list': here(page, 'evaluate.html') })).toBe(true);
  await expect(page.locator('#alert-text')).toHaveText(/“evaluate\.html” is not a picture but text\/html/);
  expect(await drop(page, { 'text/uri-list': here(page, 'samples/none.webp') })).toBe(true);
  await expect(page.locator('#alert-text')).toHaveText(/behind that link could not be loaded/);
});

test('a text field takes words by itself', async ({ page }) => {
  await open(page, 'class');
  expect(await drop(page, { 'text/plain': 'tench' }, '#class-query')).toBe(false);
  await expect(page.locator('#alert')).toBeHidden();
});

test('Evaluate takes a picture of this site too', async ({ page }) => {
  await page.goto('./evaluate.html?backend=cpu');
  await expect(page.locator('main')).toHaveAttribute('data-state', 'idle');
  expect(await drop(page, { 'text/uri-list': here(page, 'samples/panda.webp') })).toBe(true);
  await expect(page.locator('#chosen')).toHaveText('1 file chosen.');
});

test('results of the benchmark are not replaced either', async ({ page }) => {
  await page.goto('./bench.html');
  await expect(page.locator('#start')).toBeEnabled();
  expect(await drop(page, { 'text/uri-list': 'https://example.com/' })).toBe(true);
});

for (const file of ['index.html', 'evaluate.html', 'bench.html']) {
  test(`${file} opened as a file says what to do`, async ({ page }) => {
    await page.goto(pathToFileURL(new URL(`build/site/${file}`, root).pathname).href);
    await expect(page.locator('#unstarted')).toBeVisible();
    await expect(page.locator('#unstarted')).toContainText('cargo xtask demo');
    await page.goto(`http://127.0.0.1:${process.env.GRADLENS_PORT ?? '8127'}/${file}`);
    await expect(page.locator('h1')).not.toBeEmpty();
    await expect(page.locator('#unstarted')).toHaveCount(0);
  });
}
