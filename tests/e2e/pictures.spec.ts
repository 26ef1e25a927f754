// Pictures of every kind in the package: decoded by the browser where it can be believed, and by the package's own decoder,
// to the same pixels as everywhere.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { NOISE, knownPictures, picturesFolder as folder } from './known-pictures.ts';
import { expect, test as base } from './package-page.ts';

const test = base.extend({
  page: async ({ page }, use) => {
    await page.route('**/test/pictures/*', async (route) =>
      route.fulfill({ contentType: 'image/x', body: await readFile(new URL(route.request().url().split('/').at(-1)!, folder)) }),
    );
    await use(page);
  },
});

interface Read {
  width: number;
  height: number;
  frames: number;
  /** In base64. */
  data: string;
}

/** What `readPicture` gives in the page for a source, an expression. */
function read(page: Page, source: string, options: object = {}): Promise<Read> {
  return page.evaluate(async ([source, options]) => {
    const made = await (0, eval)(`(async () => ${source})()`);
    const { data, ...rest } = await gradlens.readPicture(made, JSON.parse(options!));
    const url = await new Promise<string>((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result as string);
      reader.readAsDataURL(new Blob([data as Uint8ClampedArray<ArrayBuffer>]));
    });
    return { ...rest, data: url.split(',')[1]! };
  }, [source, JSON.stringify(options)]);
}

const bytesOf = ({ data }: Read) => Buffer.from(data, 'base64');
const addressOf = ({ isOdd, name }: { isOdd: boolean; name: string }) => `'${isOdd ? '/test/pictures' : '/samples'}/${name}'`;

test('where canvases lie, files give the same pixels as natively', async ({ page }) => {
  await page.evaluate(NOISE);
  for (const known of await knownPictures()) {
    const { name, options, size, hash, opaque } = known;
    const picture = await read(page, addressOf(known), options);
    expect(`${picture.width}x${picture.height} ${picture.frames}`, name).toBe(size);
    if (opaque) expect(createHash('sha256').update(bytesOf(picture)).digest('hex'), name).toBe(hash);
  }
});

test('those are nearly the pixels that Chromium decodes', { tag: '@chromium' }, async ({ page }) => {
  test.setTimeout(120_000);
  const whole = (await knownPictures()).filter(({ options }) => options.frame === 0 && options.maxSide === undefined);
  // Chromium turns no WebP file.
  const files = whole.filter(({ name }) => !/exif-[2-8]\.webp/.test(name));
  const own: Buffer[] = [];
  // As a canvas draws it, whatever readPicture makes of the file.
  const bitmap = (address: string) => `createImageBitmap(await (await fetch(${address})).blob())`;
  for (const file of files) own.push(bytesOf(await read(page, bitmap(addressOf(file)))));
  await page.evaluate(NOISE);
  for (const [at, file] of files.entries()) {
    const { name } = file;
    const ours = bytesOf(await read(page, addressOf(file)));
    const differences = ours.map((value, i) => Math.abs(value - own[at]![i]!));
    expect(ours.length, name).toBe(own[at]!.length);
    const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
    const near = differences.filter((value) => value <= 8).length / differences.length;
    expect.soft(mean, `mean of ${name}`).toBeLessThanOrEqual(1);
    expect.soft(near, `near values of ${name}`).toBeGreaterThanOrEqual(0.99);
  }
});

test('whatever holds a picture is read, and explained', { tag: '@chromium' }, async ({ page }) => {
  await page.evaluate(async () => {
    const image = new Image();
    image.src = '/samples/dog.webp';
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    canvas.getContext('2d')!.drawImage(image, 0, 0);
    const offscreen = new OffscreenCanvas(canvas.width, canvas.height);
    offscreen.getContext('2d')!.drawImage(image, 0, 0);
    const blob = await (await fetch(image.src)).blob();
    const bitmap = await createImageBitmap(image);
    Object.assign(globalThis, {
      image, canvas, offscreen, blob, bitmap,
      file: new File([blob], 'dog.webp'),
      bytes: await blob.arrayBuffer(),
      frame: new VideoFrame(canvas, { timestamp: 0 }),
      pixels: offscreen.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height),
    });
  });
  const expected = await read(page, 'pixels');
  for (const source of ['image', 'canvas', 'offscreen', 'blob', 'bitmap', 'file', 'bytes', 'frame', `'/samples/dog.webp'`]) {
    const picture = await read(page, source);
    expect([picture.width, picture.height], source).toEqual([expected.width, expected.height]);
    const [ours, theirs] = [bytesOf(picture), bytesOf(expected)];
    const sum = ours.reduce((sum, value, at) => sum + Math.abs(value - theirs[at]!), 0);
    expect(sum / ours.length, source).toBeLessThan(source === 'frame' ? 2 : 0.01);
  }
  for (const kind of ['jpg', 'png', 'webp']) {
    const { width, height } = await read(page, `'/test/pictures/exif-6.${kind}'`);
    expect(width / height, `EXIF in ${kind}`).toBe(3 / 4);
  }
  const { width, height } = await read(page, 'image', { maxSide: 100 });
  expect(Math.max(width, height)).toBe(100);
  const labels = await page.evaluate(async () => {
    const { image, blob } = globalThis as unknown as { image: HTMLImageElement; blob: Blob };
    const explainer = await gradlens.load({ backend: 'cpu' });
    const found = [await explainer.classify(blob, 1), await explainer.classify(image, 1)];
    const { label } = await explainer.explain('/samples/dog.webp');
    const { width, height } = await explainer.explain(image, 0);
    explainer.dispose();
    return [...found.map(([best]) => best!.label), label, width === image.naturalWidth && height === image.naturalHeight];
  });
  expect(labels).toEqual(['German shepherd', 'German shepherd', 'German shepherd', true]);
});

test('where canvases lie, an image is read from its file, and what is only a canvas is refused', async ({ page }) => {
  await page.evaluate(async () => {
    const image = new Image();
    image.src = '/samples/dog.webp';
    await image.decode();
    Object.assign(globalThis, { image });
  });
  const honest = bytesOf(await read(page, 'image'));
  await page.evaluate(NOISE);
  const other = bytesOf(await read(page, 'image'));
  expect(other.reduce((sum, value, at) => sum + Math.abs(value - honest[at]!), 0) / other.length).toBeLessThan(1);
  await expect(read(page, 'new OffscreenCanvas(3, 3)')).rejects.toThrow(/noise/);
});

test('a visitor whose browser can be believed fetches no decoder', { tag: '@chromium' }, async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await read(page, `'/samples/dog.webp'`);
  await read(page, `'/test/pictures/exif-6.jpg'`, { maxSide: 20 });
  await page.goto('/');
  await expect.poll(() => asked.some((url) => url.endsWith('.wasm'))).toBe(true);
  expect(asked.filter((url) => url.includes('wasm/decode'))).toEqual([]);
  // Nor does the one that keeps the page for use without a network.
  const kept = await (await page.request.get('/service-worker.js')).text();
  expect(kept).toContain('gradlens/dist/wasm/cpu/gradlens_bg.wasm');
  expect(kept).not.toContain('wasm/decode');
});

test.describe('a service worker, which may import nothing later,', { tag: '@chromium' }, () => {
  test.use({ serviceWorkers: 'allow' });

  // Its own requests are routed in Chromium alone.
  test('reads a file and explains it', async ({ page }) => {
    const script = `
      import { load, readPicture } from '/gradlens/dist/direct.js';
      const answer = async () => {
        const explainer = await load({ backend: 'cpu', cache: false });
        const picture = await readPicture('/test/pictures/exif-6.jpg');
        const deep = await readPicture('/test/pictures/sixteen-bit.png');
        const { label } = await explainer.explain('/samples/dog.webp');
        const refused = await import('/gradlens/dist/index.js').then(() => false, () => true);
        return [picture.width, picture.height, deep.width, label, refused];
      };
      addEventListener('message', (event) => event.waitUntil(
        answer().then((found) => event.source.postMessage(found), (error) => event.source.postMessage(String(error)))));`;
    await page.context().route('**/test/sw.js', (route) => route.fulfill({ contentType: 'text/javascript', body: script }));
    for (const name of ['exif-6.jpg', 'sixteen-bit.png']) {
      const body = await readFile(new URL(name, folder));
      await page.context().route(`**/test/pictures/${name}`, (route) => route.fulfill({ contentType: 'image/x', body }));
    }
    const found = await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.register('/test/sw.js', { type: 'module', scope: '/test/' });
      const worker = (registration.installing ?? registration.waiting ?? registration.active)!;
      await new Promise<void>((resolve) => {
        const settle = () => worker.state === 'activated' && resolve();
        worker.addEventListener('statechange', settle);
        settle();
      });
      const answer = new Promise((resolve) =>
        navigator.serviceWorker.addEventListener('message', ({ data }) => resolve(data), { once: true }));
      navigator.serviceWorker.startMessages();
      worker.postMessage('explain');
      return answer;
    });
    expect(found).toEqual([36, 48, 48, 'German shepherd', true]);
  });
});
