// What an app must have done with the photo, whoever bundled it.
import { join } from 'node:path';
import { type Page, expect } from '@playwright/test';
import { samplesFolder } from './npm.ts';

export const photo = join(samplesFolder, 'panda.webp');

/** What is on the photo, and the most probable place in it: shares of its width and height, read off by eye. */
export const panda = { label: /giant panda/i, x: [0.2, 0.83], y: [0.08, 0.88] } as const;

declare global {
  /** What `explain-photo.js` found: a class, and the map's hottest point as shares of width and height. */
  var answer: { label: string; backend: string; x: number; y: number } | undefined;
  /** How many threads compute. */
  var threads: () => Promise<number>;
}

/** What a page has to be served with for more threads than one. */
export const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** Opens an app, which may reload first, and checks that its worker explained the photo, and that nothing went wrong. */
export async function expectExplained(page: Page, address: string): Promise<void> {
  const problems = problemsOf(page);
  await page.route('**/photo.webp', (route) => route.fulfill({ path: photo }));
  const failed = page.waitForEvent('pageerror', { timeout: 0 });
  await page.goto(address);
  await Promise.race([
    page.waitForFunction(() => globalThis.answer),
    failed.then((error) => Promise.reject(error)),
  ]);
  const { label, x, y } = (await page.evaluate(() => globalThis.answer))!;
  expect(label).toMatch(panda.label);
  expectWithin(x, panda.x);
  expectWithin(y, panda.y);
  await expectOneWorker(page);
  expect(problems).toEqual([]);
}

/** Checks that the app's worker shares its work with other threads, where the app is served isolated. */
export async function expectShared(page: Page, address: string): Promise<void> {
  const problems = problemsOf(page);
  await page.goto(address);
  await page.waitForFunction(() => globalThis.answer);
  await expect.poll(() => page.evaluate(() => globalThis.threads())).toBeGreaterThan(1);
  expect(problems).toEqual([]);
}

/** Errors that the page and its workers report, from now on. */
export function problemsOf(page: Page): string[] {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  return problems;
}

export function expectWithin(value: number, [least, most]: readonly [number, number]): void {
  expect(value).toBeGreaterThan(least);
  expect(value).toBeLessThan(most);
}

/** The network is in the page's one worker: it fetched the module and the model, and the page did not. */
export async function expectOneWorker(page: Page): Promise<void> {
  const heavy = () =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => name.match(/\.(wasm|onnx)(?=$|\?)/)?.[1])
      .filter((ending) => ending)
      .sort();
  expect(page.workers()).toHaveLength(1);
  expect(await page.workers()[0]!.evaluate(heavy)).toEqual(['onnx', 'wasm']);
  expect(await page.evaluate(heavy)).toEqual([]);
}
