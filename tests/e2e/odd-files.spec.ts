// Files that are no plain photos: each is drawn as it should be, or refused in a sentence that names it.
import { type Page, expect, test } from '@playwright/test';
import { animatedGif, animatedPng, animatedWebp, baseMedia, claimingPng, transparentPng } from './odd-files.ts';
import { done, open } from './visit.ts';

test.beforeEach(async ({ page }) => {
  await open(page, 'class');
});

const give = (page: Page, name: string, mimeType: string, content: Buffer | string) =>
  page.locator('#file').setInputFiles({ name, mimeType, buffer: Buffer.from(content) });

/** Gives the page a file that it shows, and says what is on the stage. */
async function show(page: Page, name: string, mimeType: string, content: Buffer | string) {
  await give(page, name, mimeType, content);
  await expect(page.locator('#picture')).toHaveAttribute('aria-label', `Photo: ${name}`);
  await done(page);
  return page.locator('#picture').evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, width, height);
    const at = (x: number, y: number) => Array.from(data.subarray(4 * (y * width + x), 4 * (y * width + x) + 4));
    return { width, height, corner: at(0, 0), middle: at(width >> 1, height >> 1) };
  });
}

const WHITE = [255, 255, 255, 255];
const BLACK = [0, 0, 0, 255];
const credit = (page: Page) => page.locator('#credit');
const svg = (attributes: string, content = '<circle cx="50" cy="25" r="20"/>') =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${attributes}>${content}</svg>`;

const refused: [what: string, name: string, type: string, content: Buffer | string, sentence: string | RegExp][] = [
  ['an empty file', 'empty.jpg', 'image/jpeg', '', '“empty.jpg” is empty.'],
  ['text by the name of a photo', 'notes.jpg', 'image/jpeg', 'dear diary', '“notes.jpg” is not a picture.'],
  ['a PDF', 'paper.pdf', 'application/pdf', '%PDF-1.7', '“paper.pdf” is not a picture but application/pdf.'],
  ['a film', 'film.mp4', 'video/mp4', baseMedia('isom', 'isom', 'avc1'), '“film.mp4” is not a picture but video/mp4.'],
  ['a page with a drawing in it', 'page.html', 'text/html', `<!doctype html><html>${svg('')}`, '“page.html” is not a picture but text/html.'],
  ['HEIC', 'IMG_1.HEIC', 'image/heic', baseMedia('heic', 'mif1', 'heic'), /^“IMG_1\.HEIC” is a HEIC photo, .* JPEG .* Most Compatible\.$/],
  ['HEIC without a type', 'IMG_2.heic', '', baseMedia('mif1', 'mif1', 'miaf', 'heic'), /HEIC photo/],
  ['TIFF', 'scan.tif', 'image/tiff', 'II*\0\x08\0\0\0', /^“scan\.tif” is in the format TIFF, .* Save it as a JPEG or PNG/],
  ['JPEG XL', 'new.jxl', '', Buffer.from([0xff, 0x0a, 0, 0]), /format JPEG XL/],
  ['a JPEG that is cut off', 'cut.jpg', 'image/jpeg', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]), /^“cut\.jpg” is damaged or cut off: it begins as JPEG/],
  ['a drawing that is cut off', 'cut.svg', 'image/svg+xml', svg('width="9" height="9"').slice(0, -20), /^“cut\.svg” is damaged.* SVG/],
  ['a bomb', 'bomb.png', 'image/png', claimingPng(60_000, 60_000), /^“bomb\.png” has 60,000 × 60,000 pixels, .* too many/],
];
for (const [what, name, type, content, sentence] of refused) {
  test(`${what} is refused by name, and the photo stays`, async ({ page }) => {
    const before = await page.locator('#picture').getAttribute('aria-label');
    await give(page, name, type, content);
    await expect(page.locator('#alert-text')).toHaveText(sentence);
    await expect(page.locator('#picture')).toHaveAttribute('aria-label', before!);
  });
}

const drawings: [what: string, attributes: string, width: number, height: number][] = [
  ['with a size', 'width="100" height="50"', 1024, 512],
  ['with a size in millimetres', 'width="100mm" height="50mm" viewBox="0 0 100 50"', 1024, 512],
  ['with a view box alone', 'viewBox="0 0 100 50"', 1024, 512],
  ['that fills its place', 'width="100%" height="100%" viewBox="0 0 100 50"', 1024, 512],
  ['without any size', '', 1024, 512],
];
for (const [what, attributes, width, height] of drawings) {
  test(`a drawing ${what} is drawn on white`, async ({ page }) => {
    const shown = await show(page, 'drawing.svg', 'image/svg+xml', `<?xml version="1.0"?>\n<!-- a > b -->\n${svg(attributes)}`);
    expect(shown).toMatchObject({ width, height, corner: WHITE });
    if (attributes) expect(shown.middle).toEqual(BLACK);
    await expect(credit(page)).toHaveText('drawing.svg (transparent parts on white)');
  });
}

test('a drawing runs nothing and loads nothing', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('asked-for')) asked.push(request.url());
  });
  await show(page, 'bad.svg', 'image/svg+xml', svg('width="100" height="50" onload="parent.ran = top.ran = ran = true"', `
    <script>ran = true; fetch('/asked-for')</script>
    <style>@import url(/asked-for.css); circle { fill: url(/asked-for.svg#a) }</style>
    <image href="/asked-for.png" width="9" height="9"/><use xlink:href="/asked-for-too.svg#a"/>
    <circle cx="50" cy="25" r="20"/>`));
  expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false);
  expect(asked).toEqual([]);
});

test('a black drawing on a transparent ground is seen on white, which is said', async ({ page }) => {
  const { corner, middle } = await show(page, 'cross.png', 'image/png', transparentPng());
  expect([corner, middle]).toEqual([WHITE, BLACK]);
  await expect(credit(page)).toHaveText('cross.png (transparent parts on white)');
});

test('of animations the first frame is taken, which is said with their number', async ({ page }) => {
  const still = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(16, 16);
    canvas.getContext('2d', { alpha: false })!.fillRect(0, 0, 16, 16);
    const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.5 });
    return Array.from(new Uint8Array(await blob.arrayBuffer()));
  });
  const red = [255, 0, 0, 255];
  expect((await show(page, 'three.gif', 'image/gif', animatedGif(3))).middle).toEqual(red);
  await expect(credit(page)).toHaveText('three.gif (an animation: the first of its 3 frames)');
  expect((await show(page, 'two.png', 'image/png', animatedPng(2))).middle).toEqual(red);
  await expect(credit(page)).toHaveText('two.png (an animation: the first of its 2 frames)');
  await show(page, 'four.webp', 'image/webp', animatedWebp(Buffer.from(still), 4));
  await expect(credit(page)).toHaveText('four.webp (an animation: the first of its 4 frames)');
  await show(page, 'still.gif', 'image/gif', animatedGif(1));
  await expect(credit(page)).toHaveText('still.gif');
});

test('where the browser hands out noise for pixels, files are decoded without it, and what only it draws is refused', async ({ page }) => {
  await page.route('**/pixels.js', async (route) => {
    const response = await route.fetch();
    const lie = `{
      const { prototype } = OffscreenCanvasRenderingContext2D;
      const honest = prototype.getImageData;
      prototype.getImageData = function (...area) {
        const pixels = honest.apply(this, area);
        crypto.getRandomValues(pixels.data.subarray(0, 65536));
        return pixels;
      };
    }\n`;
    await route.fulfill({ response, body: lie + (await response.text()) });
  });
  await open(page, 'class', '?backend=cpu&sample=dog');
  await expect(page.locator('#answer-class')).toHaveText('German shepherd');
  await give(page, 'cross.png', 'image/png', transparentPng());
  await expect(credit(page)).toHaveText('cross.png (transparent parts on white)');
  await give(page, 'three.gif', 'image/gif', animatedGif(3));
  await expect(credit(page)).toHaveText('three.gif (an animation: the first of its 3 frames)');
  await give(page, 'cut.jpg', 'image/jpeg', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]));
  await expect(page.locator('#alert-text')).toHaveText(/^“cut\.jpg” is damaged or cut off/);
  for (const [name, type, content] of [['drawing.svg', 'image/svg+xml', svg('')], ['photo.avif', 'image/avif', baseMedia('avif', 'mif1', 'avif')]] as const) {
    await give(page, name, type, content);
    await expect(page.locator('#alert-text')).toContainText('hands out noise');
    await page.locator('#alert-close').click();
  }
  await expect(credit(page)).toHaveText('three.gif (an animation: the first of its 3 frames)');
});
