// The search through all classes, as the ARIA pattern of a combobox has it.
import { type Page, expect, test } from '@playwright/test';
import { choose, done, open, openSample } from './visit.ts';

const input = (page: Page) => page.getByRole('combobox', { name: 'Find a class' });
const options = (page: Page) => page.getByRole('listbox').getByRole('option');

test.beforeEach(async ({ page }) => {
  await open(page, 'class', '?backend=cpu&sample=dog');
});

test('a class is found by its letters and explained with the keyboard alone', async ({ page }) => {
  const field = input(page);
  await expect(field).toHaveAttribute('aria-expanded', 'false');
  await field.focus();
  await page.keyboard.type('retriever');
  await expect(field).toHaveAttribute('aria-expanded', 'true');
  const labels = await options(page).locator('.name').allInnerTexts();
  expect(labels).toHaveLength(5);
  for (const label of labels) expect(label).toMatch(/retriever/);

  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  const last = options(page).last();
  await expect(last).toHaveAttribute('aria-selected', 'true');
  await expect(field).toHaveAttribute('aria-activedescendant', (await last.getAttribute('id'))!);
  await page.keyboard.press('Enter');

  await expect(page.locator('#answer-class')).toHaveText(labels[4]!);
  await done(page);
  await expect(page.locator('#classes [aria-pressed=true] .name')).toHaveText(labels[4]!);
  await expect(field).toBeFocused();
  await expect(field).toHaveAttribute('aria-expanded', 'false');
});

test('a class is found by its number, and that is the class that is explained', async ({ page }) => {
  await input(page).fill('207');
  await expect(options(page)).toHaveText([/^golden retriever\s*207$/]);
  await page.keyboard.press('Enter');
  await expect(page.locator('#answer-class')).toHaveText('golden retriever');
  await expect(page).toHaveURL(/class=207/);
});

test('eight suggestions at most, those that begin with the letters first', async ({ page }) => {
  await input(page).fill('SEA');
  await expect(options(page)).toHaveCount(8);
  const labels = await options(page).locator('.name').allInnerTexts();
  expect(labels.slice(0, 4).every((label) => label.toLowerCase().startsWith('sea'))).toBe(true);
  await input(page).fill('7');
  await expect(options(page).first()).toHaveText(/\s7$/);
});

const byAnotherName: [query: string, option: RegExp, label: string][] = [
  ['Alsatian', /^German shepherd\s*alsatian, 235$/, 'German shepherd'],
  ['coon bear', /^giant panda\s*coon bear, 388$/, 'giant panda'],
  ['Tinca', /^tench\s*Tinca tinca, 0$/, 'tench'],
  ['cellphone', /^cellular telephone\s*cellphone, 487$/, 'cellular telephone'],
];
for (const [query, shown, label] of byAnotherName) {
  test(`a class is found by another of its names: ${query}`, async ({ page }) => {
    await input(page).fill(query);
    await expect(options(page).first()).toHaveText(shown);
    await page.keyboard.press('Enter');
    await expect(page.locator('#answer-class')).toHaveText(label);
  });
}

test('labels come before other names, and without these they are still found', async ({ page }) => {
  await input(page).fill('crane');
  await expect(options(page)).toHaveText([/^crane\s*517$/, /^crane bird\s*crane, 134$/]);
  await page.route('**/class-names.json', (route) => route.fulfill({ status: 404, body: '' }));
  await open(page, 'class', '?backend=cpu&sample=dog');
  await input(page).fill('tench');
  await expect(options(page)).toHaveText([/^tench\s*0$/]);
});

test('a click picks, Escape closes, and nothing found is said', async ({ page }) => {
  await input(page).fill('tench');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('listbox')).toBeHidden();
  await page.keyboard.press('ArrowDown');
  await options(page).first().click();
  await expect(page.locator('#answer-class')).toHaveText('tench');

  await input(page).fill('giraffe');
  await expect(page.locator('#class-none')).toContainText('“giraffe”');
  await expect(options(page)).toHaveCount(0);
});

test('the next photo is explained by its own likeliest class again', async ({ page }) => {
  await input(page).fill('tench');
  await page.keyboard.press('Enter');
  await expect(page.locator('#answer-class')).toHaveText('tench');
  await choose(page, 'compare');
  await expect(page.locator('#answer-class')).toHaveText('tench');
  await openSample(page, 'panda');
  await expect(page.locator('#answer-class')).toHaveText(/panda/i);
});
