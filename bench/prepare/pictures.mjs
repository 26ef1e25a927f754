// The page's sample photos as squares of 8-bit RGBA, scaled by the browser.
import { readFile, readdir } from 'node:fs/promises';

/** How many pictures there are: one for the cold start, the others for what follows. */
export const PICTURES = 14;

/**
 * @param {import('playwright-core').Browser} browser
 * @param {string} folder of the photos
 * @param {number} size a side in pixels
 * @returns {Promise<Buffer[]>}
 */
export async function squares(browser, folder, size) {
  const files = (await readdir(folder)).filter((name) => /\.(webp|png)$/.test(name)).sort();
  const page = await browser.newPage();
  const pictures = [];
  for (const file of files.slice(0, PICTURES)) {
    const photo = (await readFile(`${folder}/${file}`)).toString('base64');
    const pixels = await page.evaluate(async ({ photo, size }) => {
      const bytes = Uint8Array.from(atob(photo), (character) => character.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes]), { resizeWidth: size, resizeHeight: size, resizeQuality: 'high' });
      const context = new OffscreenCanvas(size, size).getContext('2d');
      context.drawImage(bitmap, 0, 0);
      const reader = new FileReader();
      reader.readAsDataURL(new Blob([context.getImageData(0, 0, size, size).data]));
      await new Promise((resolve) => { reader.onload = resolve; });
      return reader.result.split(',')[1];
    }, { photo, size });
    pictures.push(Buffer.from(pixels, 'base64'));
  }
  await page.close();
  return pictures;
}
