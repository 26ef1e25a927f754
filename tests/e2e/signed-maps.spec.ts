// Maps of both signs, of a class against another, and of two layers, on the page.
import { type Page, expect, test } from '@playwright/test';
import { choose, done, open, openSample } from './visit.ts';

/** How many pixels of the overlay are blue rather than red, and red rather than blue. */
async function colours(page: Page) {
  return page.locator('#overlay').evaluate((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
    let [blue, red] = [0, 0];
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3]! < 16) continue;
      if (data[i + 2]! > data[i]! + 16) blue++;
      if (data[i]! > data[i + 2]! + 16) red++;
    }
    return { blue, red };
  });
}

test('what speaks against a class is shown in blue, and so is the scale', async ({ page }) => {
  await open(page, 'class');
  await openSample(page, 'dog');
  await page.locator('#colormap').selectOption('inferno');
  await page.locator('input[name=method][value=grad-cam]').check({ force: true });
  await done(page);
  await expect(page.locator('#ramp')).toHaveAttribute('data-colormap', 'inferno');
  await page.locator('#classes button').last().click();
  await done(page);
  await page.locator('#negative').check();
  await done(page);
  await expect(page.locator('#ramp')).toHaveAttribute('data-colormap', 'diverging');
  const { blue, red } = await colours(page);
  expect(blue).toBeGreaterThan(1000);
  expect(red).toBeGreaterThan(1000);
  await page.locator('#negative').uncheck();
  await done(page);
  await expect(page.locator('#ramp')).toHaveAttribute('data-colormap', 'inferno');
});

test('guided maps have both colours by themselves', async ({ page }) => {
  await open(page, 'class');
  await page.locator('#more-methods summary').click();
  await page.locator('input[name=method][value=guided-grad-cam]').check({ force: true });
  await done(page);
  await expect(page.locator('#ramp')).toHaveAttribute('data-colormap', 'diverging');
  const { blue, red } = await colours(page);
  expect(blue).toBeGreaterThan(100);
  expect(red).toBeGreaterThan(100);
});

test('a class is explained rather than another, until that is the one explained', async ({ page }) => {
  await open(page, 'class');
  await openSample(page, 'dog');
  const plain = await page.locator('#overlay').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const second = page.locator('#classes button').nth(1);
  const other = await second.getAttribute('data-class');
  await page.locator('#against').selectOption(other!);
  await done(page);
  await expect(page.locator('#answer-class')).toHaveText(/German shepherd.* rather than .+/);
  await expect.poll(() => page.locator('#overlay').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())).not.toBe(plain);
  await second.click();
  await done(page);
  await expect(page.locator('#against')).toHaveValue('');
  await expect(page.locator('#answer-class')).not.toHaveText(/rather than/);
});

test('two layers make one map, but of a method that takes none', async ({ page }) => {
  await open(page, 'class');
  await page.locator('.advanced summary').click();
  await page.locator('#fused').selectOption('head');
  await done(page);
  await page.locator('#downloads summary').click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-save=json]').click()]);
  const saved = JSON.parse(await (await download.createReadStream()).setEncoding('utf8').reduce((text, part) => text + part, ''));
  expect(saved.explanations[0].layer).toBe('features + head');
  await page.locator('#more-methods summary').click();
  await page.locator('input[name=method][value=input-gradients]').check({ force: true });
  await done(page);
  await expect(page.locator('#fused')).toBeDisabled();
  await choose(page, 'compare');
  await expect(page.locator('#alert')).toBeHidden();
});
