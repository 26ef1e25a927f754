// Photos as cameras and editors write them: turned by EXIF, wide in gamut, 16 bits a channel. Each is
// made from a sample, and must be seen as the sample is.
import { crc32, deflateSync } from 'node:zlib';
import { type Page, expect, test } from '@playwright/test';
import { done, open } from './visit.ts';

declare global {
  /** Bytes as text, by which they come out of the page many times faster than as numbers. */
  var base64Of: (bytes: Uint8Array | Uint8ClampedArray) => string;
}

test.beforeEach(async ({ page }) => {
  await page.addInitScript(() => {
    globalThis.base64Of = (bytes) => {
      let text = '';
      for (const byte of bytes) text += String.fromCharCode(byte);
      return btoa(text);
    };
  });
});

/** An image that came out of the page. */
const asBytes = ({ base64, ...size }: { base64: string; width: number; height: number }) =>
  ({ ...size, data: Buffer.from(base64, 'base64') });

/** What the page shows of a file: the photo's pixels, and what it says of it. */
async function look(page: Page, name: string, mimeType: string, base64: string) {
  await page.locator('#file').setInputFiles({ name, mimeType, buffer: Buffer.from(base64, 'base64') });
  await expect(page.locator('#picture')).toHaveAttribute('aria-label', `Photo: ${name}`);
  await done(page);
  const [pixels, overlay] = await page.evaluate(() => ['#picture', '#overlay'].map((id) => {
    const canvas = document.querySelector<HTMLCanvasElement>(id)!;
    const { data, width, height } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    return { width, height, base64: base64Of(data) };
  }));
  const [answer, words] = await Promise.all([
    page.locator('#answer-class').innerText(),
    page.locator('#answer-text').innerText(),
  ]);
  return { pixels: asBytes(pixels!), overlay: asBytes(overlay!), answer, words };
}

/** The mean and the largest difference of two pictures, in 255ths. */
function differences(a: Uint8Array, b: Uint8Array) {
  expect(a.length).toBe(b.length);
  let sum = 0;
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    sum += difference;
    most = Math.max(most, difference);
  }
  return { mean: sum / a.length, most };
}

/** The opacities of an overlay, which are its map. */
const alphas = ({ data }: { data: Uint8Array }) => data.filter((_, at) => at % 4 === 3);

/** The sample as files, made by the browser: each in base64. */
async function files(page: Page) {
  return page.evaluate(async () => {
    const bitmap = await createImageBitmap(await (await fetch('samples/dog.webp')).blob());
    const { width, height } = bitmap;
    const base64 = async (blob: Blob) => base64Of(new Uint8Array(await blob.arrayBuffer()));
    /** A picture turned by a quarter, pixel by pixel; clockwise or back. */
    const turn = ({ data, width, height }: ImageData, clockwise: boolean) => {
      const turned = new ImageData(height, width);
      const from = new Uint32Array(data.buffer);
      const to = new Uint32Array(turned.data.buffer);
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const at = clockwise ? x * height + (height - 1 - y) : (width - 1 - x) * height + y;
          to[at] = from[y * width + x]!;
        }
      }
      return turned;
    };
    const canvasOf = (pixels: ImageData) => {
      const canvas = new OffscreenCanvas(pixels.width, pixels.height);
      canvas.getContext('2d')!.putImageData(pixels, 0, 0);
      return canvas;
    };
    const pixelsOf = (image: ImageBitmap, colorSpace: PredefinedColorSpace = 'srgb') => {
      const context = new OffscreenCanvas(image.width, image.height).getContext('2d', { colorSpace })!;
      context.drawImage(image, 0, 0);
      return context.getImageData(0, 0, image.width, image.height);
    };
    const sample = pixelsOf(bitmap);
    const lying = await canvasOf(turn(sample, false)).convertToBlob({ type: 'image/jpeg', quality: 0.95 });
    const upright = turn(pixelsOf(await createImageBitmap(lying)), true);
    const wide = new OffscreenCanvas(width, height);
    wide.getContext('2d', { colorSpace: 'display-p3' })!.drawImage(bitmap, 0, 0);
    return {
      width,
      height,
      sample: base64Of(sample.data),
      p3Numbers: base64Of(pixelsOf(bitmap, 'display-p3').data),
      samplePng: await base64(await canvasOf(sample).convertToBlob()),
      lyingJpeg: await base64(lying),
      uprightPng: await base64(await canvasOf(upright).convertToBlob()),
      p3Png: await base64(await wide.convertToBlob()),
    };
  });
}

/** A JPEG with an EXIF segment that holds nothing but an orientation. */
function withOrientation(base64: string, orientation: number) {
  const jpeg = Buffer.from(base64, 'base64');
  // Big-endian TIFF with one entry: tag 0x0112, type SHORT, one value.
  const exif = Buffer.from([
    ...Buffer.from('Exif\0\0MM\0*', 'latin1'), 0, 0, 0, 8, 0, 1,
    0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0,
  ]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(exif.length + 2);
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xe1]), length, exif, jpeg.subarray(2)]).toString('base64');
}

/** A PNG of 16 bits a channel whose upper bytes are these pixels, and whose lower bytes are not 0. */
function png16(rgba: Uint8Array, width: number, height: number) {
  const rows = Buffer.alloc(height * (1 + 6 * width));
  for (let y = 0, to = 0; y < height; y++) {
    rows[to++] = 0;
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        rows[to++] = rgba[4 * (y * width + x) + channel]!;
        rows[to] = (37 * to) % 256;
        to++;
      }
    }
  }
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([16, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]).toString('base64');
}

test('a JPEG that lies on its side is turned upright, and so is its map', async ({ page }) => {
  await open(page, 'class');
  const { lyingJpeg, uprightPng, width, height } = await files(page);
  const turned = await look(page, 'turned.jpg', 'image/jpeg', withOrientation(lyingJpeg, 6));
  const upright = await look(page, 'upright.png', 'image/png', uprightPng);
  expect([turned.pixels.width, turned.pixels.height]).toEqual([width, height]);
  expect(turned.answer).toBe('German shepherd');
  expect(turned.words).toBe(upright.words);
  expect(differences(turned.pixels.data, upright.pixels.data).most).toBe(0);
  expect(differences(turned.overlay.data, upright.overlay.data).most).toBe(0);

  // Without the orientation it lies, so the turn above was made.
  const lying = await look(page, 'lying.jpg', 'image/jpeg', lyingJpeg);
  expect([lying.pixels.width, lying.pixels.height]).toEqual([height, width]);
});

test('a Display P3 photo has the colours and the map of the sRGB one', async ({ page }) => {
  await open(page, 'class');
  const { p3Png, samplePng, sample, p3Numbers } = await files(page);
  // Its numbers are others, so a profile that is not read would be seen.
  expect(differences(Buffer.from(sample, 'base64'), Buffer.from(p3Numbers, 'base64')).mean).toBeGreaterThan(1);
  const wide = await look(page, 'wide.png', 'image/png', p3Png);
  const plain = await look(page, 'plain.png', 'image/png', samplePng);
  expect(wide.answer).toBe(plain.answer);
  expect(differences(wide.pixels.data, plain.pixels.data).mean).toBeLessThan(0.5);
  expect(differences(alphas(wide.overlay), alphas(plain.overlay)).most).toBeLessThanOrEqual(3);
});

test('a PNG of 16 bits has the class and the map of the one of 8', async ({ page }) => {
  await open(page, 'class');
  const { samplePng, sample, width, height } = await files(page);
  const deep = await look(page, 'deep.png', 'image/png', png16(Buffer.from(sample, 'base64'), width, height));
  const plain = await look(page, 'plain.png', 'image/png', samplePng);
  expect(deep.answer).toBe(plain.answer);
  expect(differences(deep.pixels.data, plain.pixels.data).most).toBeLessThanOrEqual(1);
  expect(differences(alphas(deep.overlay), alphas(plain.overlay)).most).toBeLessThanOrEqual(3);
});
