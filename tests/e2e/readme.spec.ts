// What the README shows first, as it stands there.
import { readFile } from 'node:fs/promises';
import { expect, root, test } from './package-page.ts';

test('the first program draws what speaks for the class over the photo', async ({ page }) => {
  const [, program] = /```js\n(.*?)```/s.exec(await readFile(new URL('README.md', root), 'utf8')) ?? [];
  await page.setContent(`
    <script type="importmap">{ "imports": { "gradlens": "/gradlens/dist/index.js" } }</script>
    <img src="/samples/dog.webp" alt="">
    <script type="module">${program}</script>`);
  await expect(page.locator('body')).toContainText(/German shepherd: \d+ %/);
  const { opaque, changed } = await page.evaluate(async () => {
    const canvas = document.querySelector('canvas')!;
    const [shown, photo] = [canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height), await sample('dog.webp')];
    const places = Array.from({ length: canvas.width * canvas.height }, (_, at) => 4 * at);
    const differs = (at: number) => [0, 1, 2].some((channel) => Math.abs(shown.data[at + channel]! - photo.data[at + channel]!) > 16);
    return {
      opaque: places.every((at) => shown.data[at + 3] === 255),
      changed: places.filter(differs).length / places.length,
    };
  });
  expect(opaque, 'the photo is below').toBe(true);
  expect(changed, 'the map is above').toBeGreaterThan(0.2);
});
