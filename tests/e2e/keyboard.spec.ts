// The page by keyboard alone.
import { expect, test } from '@playwright/test';
import { focused } from './in-page.ts';
import { done, main, modeSwitch, open, openSample } from './visit.ts';

for (const width of [1280, 390]) {
  test(`Tab reaches every control, each with a ring, at a width of ${width}`, async ({ page }) => {
    await page.setViewportSize({ width, height: 844 });
    await open(page, 'class', '?backend=cpu&sample=dog');
    await openSample(page, 'panda');
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.locator('h1').click();
    const seen: string[] = [];
    const bare: string[] = [];
    for (let i = 0; i < 120; i++) {
      await page.keyboard.press('Tab');
      const { name, ring, left } = await page.evaluate(focused);
      if (left) break;
      seen.push(name);
      if (!ring) bare.push(name);
    }
    expect(bare).toEqual([]);
    for (const control of ['file', 'mode', 'show', 'undo', 'camera-open', 'copy-link', 'class-query', 'method', 'opacity', 'hide', 'colormap', 'jaguar', 'giraffe']) {
      expect(seen).toContain(control);
    }
  });
}

test('arrow keys change mode and method', async ({ page }) => {
  await open(page, 'objects', '?backend=cpu&sample=dog');
  await modeSwitch(page, 'objects').focus();
  await page.keyboard.press('ArrowRight');
  await expect(main(page)).toHaveAttribute('data-mode', 'class');
  await done(page);
  await page.locator('input[name=method]:checked').focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('input[name=method]:checked')).toHaveValue('grad-cam');
  await expect(page).toHaveURL(/method=grad-cam$/);
});

test('the menu opens by Enter, and Escape gives the focus back', async ({ page }) => {
  await open(page, 'class', '?backend=cpu&sample=dog');
  const summary = page.locator('#downloads summary');
  await summary.focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('#downloads')).toHaveAttribute('open');
  await page.keyboard.press('Tab');
  expect((await page.evaluate(focused)).name).toBe('picture');
  await page.keyboard.press('Escape');
  await expect(page.locator('#downloads')).not.toHaveAttribute('open');
  await expect(summary).toBeFocused();

  await page.keyboard.press('Enter');
  await page.locator('#opacity').focus();
  await expect(page.locator('#downloads')).not.toHaveAttribute('open');
});

test('objects and tiles are opened by Enter, and the focus stays on the page', async ({ page }) => {
  await open(page, 'objects', '?backend=cpu&sample=dog');
  await page.locator('#objects button').first().focus();
  await page.keyboard.press('Enter');
  await expect(main(page)).toHaveAttribute('data-mode', 'class');
  await expect(modeSwitch(page, 'class')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(main(page)).toHaveAttribute('data-mode', 'compare');
  await done(page);
  await page.locator('#compare button[data-method=layer-cam]').focus();
  await page.keyboard.press('Enter');
  await expect(main(page)).toHaveAttribute('data-mode', 'class');
  await expect(page.locator('input[name=method]:checked')).toHaveValue('layer-cam');
});

for (const reducedMotion of ['reduce', 'no-preference'] as const) {
  test(`a sample that is chosen below comes into sight, motion: ${reducedMotion}`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ reducedMotion });
    await open(page, 'class', '?backend=cpu&sample=dog');
    const panda = page.locator('#samples button[data-sample=panda]');
    await panda.scrollIntoViewIfNeeded();
    await expect(page.locator('#picture')).not.toBeInViewport();
    await panda.focus();
    await page.keyboard.press('Enter');
    await expect(page.locator('#picture')).toBeInViewport({ ratio: 0.9 });
    await expect(page.locator('#answer-class')).toHaveText(/panda/i);
    // A smooth scroll takes its time.
    const settled = async () => {
      let top = -1;
      await expect.poll(async () => top === (top = await page.evaluate(() => scrollY)), { intervals: [200] }).toBe(true);
      return top;
    };
    await settled();
    const second = page.locator('#classes button').nth(1);
    await second.focus();
    // Most of it is in sight now, and so it stays where it is.
    const top = await settled();
    await page.keyboard.press('Enter');
    await expect(second).toHaveAttribute('aria-pressed', 'true');
    await done(page);
    expect(await settled()).toBe(top);
  });
}
