// The page and the package in WebKit.
import { cp } from 'node:fs/promises';
import { contrastOfFineStripes, focused } from './in-page.ts';
import { NOISE, knownPictures, picturesFolder } from './known-pictures.ts';
import { inChromium, measure, numbersPage } from './numbers.ts';
import { expect, test as base } from './site-server.ts';
import { WebKit } from './webkit.ts';

const test = base.extend<{}, { webkit: WebKit }>({
  webkit: [async ({}, use) => {
    const webkit = await WebKit.start();
    await use(webkit);
    await webkit.close();
  }, { scope: 'worker' }],
});

const TAB = '\uE004';

/** What stands before or after an element without being in the page's text. */
const generated = (webkit: WebKit, selector: string, place: '::before' | '::after') =>
  webkit.evaluate(({ selector, place }) => getComputedStyle(document.querySelector(selector)!, place).content, { selector, place });

const text = (webkit: WebKit, selector: string) =>
  webkit.evaluate((selector) => document.querySelector(selector)!.textContent, selector);

async function until(webkit: WebKit, state: string) {
  await expect.poll(() => webkit.evaluate(() => document.querySelector('main')!.dataset.state), { timeout: 60_000 }).toBe(state);
}

async function readyForOfflineUse(webkit: WebKit) {
  await expect.poll(() => text(webkit, '#offline-text'), { timeout: 60_000 }).toBe('Ready for offline use');
}

const click = (webkit: WebKit, selector: string) =>
  webkit.evaluate((selector) => document.querySelector<HTMLElement>(selector)!.click(), selector);

test('names what it sees, and then looks no more', async ({ webkit, site }) => {
  await webkit.goto(`${site.url}?sample=dog&mode=class`);
  for (const [sample, name] of [['panda', /giant panda/i], ['koala', /koala/i]] as const) {
    await until(webkit, 'done');
    await click(webkit, `#samples [data-sample=${sample}]`);
    await expect.poll(() => text(webkit, '#answer-class'), { timeout: 60_000 }).toMatch(name);
    for (const place of ['.answer', '#answer-text']) expect(await generated(webkit, place, '::after')).toBe('none');
  }
});

test('opens with the objects of a sample, and is ready without a network', async ({ webkit, site }) => {
  await webkit.goto(`${site.url}?sample=panda`);
  await until(webkit, 'done');
  await readyForOfflineUse(webkit);
  expect(await generated(webkit, '#offline-text', '::before')).toBe('"· "');

  await site.stop();
  await webkit.reload();
  await until(webkit, 'done');
  expect(await text(webkit, '#answer-class')).toMatch(/giant panda/i);
  await webkit.goto(`${site.url}evaluate.html`);
  await readyForOfflineUse(webkit);
  await webkit.setInputFiles('#files', site.file('samples/cat.webp'), site.file('samples/panda.webp'));
  await expect.poll(() => text(webkit, '#start')).toBe('Evaluate 2 files');
  await click(webkit, '#start');
  await until(webkit, 'done');
  expect(await text(webkit, '#summary caption')).toContain('2 pictures');
});

test('the package gives the numbers of Chromium\'s plain module, bit for bit', async ({ webkit, site }) => {
  const address = await numbersPage(site);
  await webkit.goto(address);
  const [expected] = await inChromium(address, ['gradlens_bg.wasm']);
  expect(await webkit.evaluate(measure, null)).toEqual(expected);
});

test('files are decoded to the same pixels as natively', async ({ webkit, site }) => {
  await cp(picturesFolder, site.file('pictures'), { recursive: true });
  await webkit.goto(await numbersPage(site));
  const known = (await knownPictures()).filter(({ isOdd, opaque }) => isOdd && opaque);
  const found = await webkit.evaluate(async ({ known, noise }) => {
    (0, eval)(noise);
    const found: string[] = [];
    for (const { name, options } of known) {
      const { data, width, height, frames } = await gradlens.readPicture(`pictures/${name}`, options);
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
      found.push(`${name} ${width}x${height} ${frames} ${Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')}`);
    }
    return found;
  }, { known, noise: NOISE });
  expect(found).toEqual(known.map(({ name, size, hash }) => `${name} ${size} ${hash}`));
});

test('Tab reaches the controls, each with a ring', async ({ webkit, site }) => {
  await webkit.goto(`${site.url}?sample=dog&mode=class`);
  await until(webkit, 'done');
  const seen: string[] = [];
  for (let at = 0; at < 40; at++) {
    await webkit.press(TAB);
    const { name, ring, left } = await webkit.evaluate(focused);
    if (left) break;
    seen.push(name);
    expect(ring, name).toBe(true);
  }
  expect(seen).toEqual(expect.arrayContaining(['file', 'mode', 'show', 'class-query', 'method', 'opacity', 'jaguar']));
});

test('a large photo is scaled down without moire', async ({ webkit, site }) => {
  await webkit.goto(`${site.url}evaluate.html`);
  const { width, height, contrast } = await webkit.evaluate(contrastOfFineStripes);
  expect([width, height]).toEqual([1600, 1200]);
  expect(contrast).toBeLessThan(64);
});
