// The element in pages of people who write HTML or Markdown, under policies that allow nothing more than it needs.
import { cp, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { brotliCompressSync } from 'node:zlib';
import { join } from 'node:path';
import { type Page } from '@playwright/test';
import { expectWithin, panda, photo, problemsOf } from './explained.ts';
import { installed } from './npm.ts';
import { common, expect, test } from './project.ts';

const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "style-src 'self'",
  "require-trusted-types-for 'script'",
  'trusted-types gradlens',
].join('; ');
const headers = { 'Content-Security-Policy': policy };

const script = '<script type="module" src="./node_modules/gradlens/dist/element.js"></script>';
const tag = '<grad-lens src="photo.webp" alt="A panda" class="panda" method="grad-cam++"></grad-lens>';

/** Markdown-it comes with TypeDoc. */
const markdown = createRequire(createRequire(import.meta.url).resolve('typedoc'))('markdown-it') as (options: object) => {
  render(text: string): string;
};

const pages: Record<string, string> = {
  'plain HTML': `<!doctype html><html lang="en"><title>A panda</title>${script}<body>${tag}`,
  'a site made of Markdown': markdown({ html: true }).render(`# A panda\n\n${script}\n\nWhat it is known by: ${tag}, of course.\n`),
};
for (const [what, html] of Object.entries(pages)) {
  test(`it explains a photo in ${what}, under a strict policy`, async ({ page, project, serve }) => {
    const root = await project(common);
    await writeFile(join(root, 'element.html'), html);
    await cp(photo, join(root, 'photo.webp'));
    // What a browser asks for by itself.
    await writeFile(join(root, 'favicon.ico'), '');
    const problems = problemsOf(page);
    await page.goto(`${await serve(root, headers)}element.html`);
    await expectShown(page);
    expect(problems).toEqual([]);
  });
}

async function expectShown(page: Page): Promise<void> {
  const element = page.locator('grad-lens');
  await expect(element.getByRole('status')).toHaveText(/^giant panda.*: \d+ %$/i, { timeout: 60_000 });
  await expect(element.getByRole('img', { name: 'A panda', exact: true })).toBeVisible();
  await expect(element.getByRole('img', { name: /^What speaks for giant panda.*\(grad-cam\+\+\)$/i })).toBeVisible();
  await expect(element.getByRole('progressbar')).toBeHidden();
  const { x, y } = await element.evaluate((element) => {
    const { explanation } = element as unknown as { explanation: { map: Float32Array; width: number; height: number } };
    const at = explanation.map.reduce((hottest, value, at, map) => (value > map[hottest]! ? at : hottest), 0);
    return { x: (at % explanation.width) / explanation.width, y: Math.floor(at / explanation.width) / explanation.height };
  });
  expectWithin(x, panda.x);
  expectWithin(y, panda.y);
}

test('it takes less than 6 kB until there is one in a page', async () => {
  const folder = join(installed, 'node_modules/gradlens/dist');
  const read = async (file: string): Promise<Buffer[]> => {
    const code = await readFile(join(folder, file));
    const imported = Array.from(code.toString().matchAll(/(?:^|;)import(?:[^(;"]*from)?"\.\/([^"]+)"/g), ([, name]) => read(name!));
    return [code, ...(await Promise.all(imported)).flat()];
  };
  const files = await read('element.js');
  expect(brotliCompressSync(Buffer.concat(files)).length).toBeLessThan(6000);
});
