// Opens the page as a visitor does.
import { type Page, expect } from '@playwright/test';

export type Mode = 'objects' | 'class' | 'compare' | 'layers' | 'networks';

export const main = (page: Page) => page.locator('main');

export const modeSwitch = (page: Page, mode: Mode) => page.locator(`input[name=mode][value=${mode}]`);

export async function done(page: Page) {
  await expect(main(page)).toHaveAttribute('data-state', 'done', { timeout: 60_000 });
}

/** Opens the page in a mode; it opens with the objects by itself. */
export async function open(page: Page, mode: Mode, query = '?backend=cpu') {
  await page.goto(`./${query}`);
  await modeSwitch(page, mode).check({ force: true });
  await done(page);
}

export async function choose(page: Page, mode: Mode) {
  await modeSwitch(page, mode).check({ force: true });
  await done(page);
}

export async function openSample(page: Page, sample: string) {
  const button = page.locator(`#samples button[data-sample=${sample}]`);
  await button.click();
  await expect(button).toHaveAttribute('aria-pressed', 'true');
  await done(page);
}
