// The page in Korean: how it is chosen, and that no English is left in it.
import { fileURLToPath } from 'node:url';
import { type Page, expect, test } from '@playwright/test';
import { choose, done, open } from './visit.ts';

const pages = ['', 'evaluate.html'];

const sample = (file: string) => fileURLToPath(new URL(`../../www/samples/${file}`, import.meta.url));

const html = (page: Page) => page.locator('html');

const button = (page: Page, lang: 'en' | 'ko') => page.locator(`#languages [lang=${lang}]`);

const HANGUL = /[가-힣]/;

/** The texts of both languages, by key; of a template, its source. */
function texts(page: Page): Promise<Record<'en' | 'ko', [key: string, text: string, template: boolean][]>> {
  return page.evaluate(async () => {
    const at = (path: string) => new URL(path, document.baseURI).href;
    const [{ en }, { ko }] = await Promise.all([import(at('words/en.js')), import(at('words/ko.js'))]);
    const flat = (part: object, path = ''): [string, string, boolean][] =>
      Object.entries(part).flatMap(([name, value]) => typeof value === 'object'
        ? flat(value, `${path}${name}.`)
        : [[path + name, String(value), typeof value === 'function'] as [string, string, boolean]]);
    return { en: flat(en), ko: flat(ko) };
  });
}

/** Whatever English is to be seen, or to be heard, in the page. */
async function englishLeft(page: Page): Promise<string[]> {
  const { en, ko } = await texts(page);
  const translated = en.filter(([, text], at) => text !== ko[at]?.[1]);
  const whole = new Set(translated.filter(([, , template]) => !template).map(([, text]) => text));
  // What stands between the changing parts of a template, where it is words and not a sign.
  const parts = translated.filter(([, , template]) => template)
    .flatMap(([, source]) => source.slice(source.indexOf('=>')).match(/`[^`]*`/g) ?? [])
    .flatMap((text) => text.slice(1, -1).split(/\$\{[^}]*\}/))
    .filter((part) => /[a-z]+ [a-z]+/i.test(part.trim()));
  const shown = await page.evaluate(() => {
    const found: string[] = [];
    const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (nodes.nextNode()) {
      const parent = nodes.currentNode.parentElement;
      if (parent?.closest('option') || parent?.checkVisibility()) found.push(nodes.currentNode.textContent ?? '');
    }
    for (const element of document.querySelectorAll('*')) {
      for (const name of ['aria-label', 'title', 'alt', 'placeholder']) found.push(element.getAttribute(name) ?? '');
    }
    return found.map((text) => text.trim()).filter(Boolean);
  });
  expect(shown.length).toBeGreaterThan(50);
  return shown.filter((text) => whole.has(text) || parts.some((part) => text.includes(part)));
}

test('every text is there in both languages', async ({ page }) => {
  await page.goto('./?backend=cpu');
  const { en, ko } = await texts(page);
  expect(ko.map(([key]) => key)).toEqual(en.map(([key]) => key));
  const same = ko.filter(([, text], at) => text === en[at]?.[1]).map(([key]) => key);
  expect(same, 'names that are not translated').toEqual(['status.webgpu', 'run.on.webgpu']);
  for (const [key, text] of ko) {
    if (!/webgpu|locale|\.cpu$/.test(key) && !text.includes('=>')) expect(text, key).toMatch(HANGUL);
  }
});

test('the long texts have the same parts, links and formulas in both languages', async ({ page }) => {
  await page.goto('./?backend=cpu');
  for (const name of ['about', 'measured', 'example']) {
    const [en, ko] = await page.evaluate((name) => Promise.all(['en', 'ko'].map(async (language) => {
      const { body } = new DOMParser().parseFromString(await (await fetch(`words/${name}.${language}.html`)).text(), 'text/html');
      const all = (what: string) => Array.from(body.querySelectorAll(what));
      return {
        parts: all('article, figure, h3, p, dl').map(({ tagName }) => tagName),
        links: all('a').map((link) => link.getAttribute('href')),
        formulas: all('.formula').map(({ textContent }) => textContent),
      };
    })), name);
    expect(ko, name).toEqual(en);
    expect(en?.parts.length, name).toBeGreaterThan(0);
  }
});

test('English is the language where the browser asks for none of the two', async ({ browser, baseURL }) => {
  const page = await browser.newPage({ baseURL, locale: 'fr-FR' });
  await page.goto('./?backend=cpu');
  await expect(html(page)).toHaveAttribute('lang', 'en');
  await expect(page.locator('.topics h3').first()).toHaveText('What a map means');
  await page.close();
});

test('the switch works by keyboard and is remembered, on both pages', async ({ page }) => {
  await page.goto('./?backend=cpu');
  await expect(html(page)).toHaveAttribute('lang', 'en');
  await expect(button(page, 'en')).toHaveAttribute('aria-pressed', 'true');
  await button(page, 'ko').focus();
  await page.keyboard.press('Enter');
  await expect(html(page)).toHaveAttribute('lang', 'ko');
  await expect(button(page, 'ko')).toHaveAttribute('aria-pressed', 'true');
  await expect(page.locator('.topics h3').first()).toHaveText('맵의 의미');

  await page.goto('./evaluate.html');
  await expect(html(page)).toHaveAttribute('lang', 'ko');
  await button(page, 'en').click();
  await expect(html(page)).toHaveAttribute('lang', 'en');
  await page.reload();
  await expect(html(page)).toHaveAttribute('lang', 'en');
});

test('the switch asks before it loses a photo of the visitor’s own', async ({ page }) => {
  await open(page, 'objects');
  await page.locator('#file').setInputFiles(sample('koala.webp'));
  await expect(page.locator('#picture')).toHaveAttribute('aria-label', 'Photo: koala.webp');
  const asked = page.waitForEvent('dialog').then(async (dialog) => {
    await dialog.dismiss();
    return dialog.message();
  });
  await button(page, 'ko').click();
  expect(await asked).toMatch(/your own photos/i);
  await expect(html(page)).toHaveAttribute('lang', 'en');
});

test('a browser that lets the page store nothing gets its own language and no switch', async ({ page }) => {
  await page.addInitScript(() => Object.defineProperty(window, 'localStorage', {
    get() { throw new DOMException('denied', 'SecurityError'); },
  }));
  for (const path of pages) {
    await page.goto(`./${path}`);
    await expect(page.locator('.topics h3').first()).toBeVisible();
    await expect(page.locator('#languages')).toBeHidden();
  }
});

test.describe('in a Korean browser', () => {
  test.use({ locale: 'ko-KR' });

  test('the explaining page is Korean in every mode', async ({ page }) => {
    await open(page, 'objects');
    await expect(html(page)).toHaveAttribute('lang', 'ko');
    await expect(page).toHaveTitle(HANGUL);
    await expect(page.locator('#answer')).toHaveText(/객체 1개, 위치: 가운데/);
    await page.locator('.advanced summary').click();
    expect(await englishLeft(page)).toEqual([]);
    for (const mode of ['class', 'compare'] as const) {
      await choose(page, mode);
      await expect(page.locator('#answer')).toHaveText(/확률 \d+\.\d%/);
      expect(await englishLeft(page), mode).toEqual([]);
    }
  });

  test('the evaluating page is Korean before and after a run', async ({ page }) => {
    await page.goto('./evaluate.html?backend=cpu');
    await expect(html(page)).toHaveAttribute('lang', 'ko');
    await expect(page.locator('.example figcaption').first()).toHaveText(HANGUL);
    expect(await englishLeft(page)).toEqual([]);
    await page.locator('#steps').selectOption('10');
    await page.locator('#files').setInputFiles([sample('panda.webp'), sample('CREDITS.md')]);
    await page.locator('#start').click();
    await done(page);
    await page.locator('#each summary').click();
    await page.locator('#left-out summary').click();
    await expect(page.locator('#left-out-list')).toHaveText(/이미지/);
    expect(await englishLeft(page)).toEqual([]);
    await page.locator('#pictures button').first().click();
    await expect(page.locator('#closeup-note')).toHaveText(/giant panda/);
    expect(await englishLeft(page)).toEqual([]);
  });

  test('an error is told in Korean, with the English message behind it', async ({ page }) => {
    await page.route('**/*.onnx*', (route) => route.fulfill({ status: 404 }));
    await page.goto('./?backend=cpu');
    await expect(page.locator('#alert')).toHaveText(/모델 파일을 불러오지 못했습니다.*\(The model cannot be loaded/);
    expect(await englishLeft(page)).toEqual([]);
  });
});

for (const locale of ['en-GB', 'ko-KR']) {
  test.describe(locale, () => {
    test.use({ locale, viewport: { width: 320, height: 640 } });

    test('both pages fit a screen 320 pixels wide', async ({ page }) => {
      for (const path of pages) {
        await page.goto(`./${path}`);
        await expect(page.locator('.topics h3').first()).toBeVisible();
        expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBe(320);
      }
    });
  });
}
