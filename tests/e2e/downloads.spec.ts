// What can be saved of an answer, decoded and compared with what the explainer itself says.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { crc32, inflateSync } from 'node:zlib';
import { type Page, expect, test } from '@playwright/test';
import type * as Gradlens from '../../pkg/src/index.ts';
import { choose, open } from './visit.ts';

/** Chooses an entry of the menu; the name and the bytes of the file that comes. */
async function save(page: Page, entry: string) {
  await page.locator('#downloads summary').click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: entry }).click(),
  ]);
  await expect(page.locator('#downloads')).not.toHaveAttribute('open');
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** The dog's map by another explainer, from the same pixels. */
async function explained(page: Page) {
  // Text comes out of a page many times faster than numbers do.
  const text = await page.evaluate(async () => {
    const { load } = (await import('/gradlens/dist/index.js' as string)) as typeof Gradlens;
    const { decode } = await import(String('/picture.js'));
    const { pixels }: { pixels: ImageData } = await decode(await (await fetch('/samples/dog.webp')).blob());
    const explainer = await load({ backend: 'cpu' });
    const explanation = await explainer.explain(pixels, null, 'grad-cam++');
    explainer.dispose();
    return JSON.stringify({ ...explanation, map: Array.from(explanation.map), raw: Array.from(explanation.raw) });
  });
  return JSON.parse(text) as Omit<Gradlens.Explanation, 'map' | 'raw'> & Record<'map' | 'raw', number[]>;
}

/** Shape and values of an NPY file of version 1.0 with little-endian float32 values. */
function parseNpy(bytes: Buffer) {
  expect(bytes.subarray(0, 8)).toEqual(Buffer.from('\x93NUMPY\x01\x00', 'latin1'));
  const start = 10 + bytes.readUInt16LE(8);
  expect(start % 64).toBe(0);
  const header = bytes.toString('latin1', 10, start);
  expect(header).toMatch(/^\{'descr': '<f4', 'fortran_order': False, 'shape': \([\d, ]+\), \} *\n$/);
  const shape = [.../\((.*)\)/.exec(header)![1]!.matchAll(/\d+/g)].map(Number);
  const values = new Float32Array(new Uint8Array(bytes.subarray(start)).buffer);
  expect(values).toHaveLength(shape.reduce((a, b) => a * b));
  return { shape, values };
}

/** Size and values of a grayscale PNG of 16 bits without filters, its checksums checked. */
function parsePng16(bytes: Buffer) {
  expect(bytes.subarray(0, 8)).toEqual(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
  const chunks: Record<string, Buffer> = {};
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    expect(crc32(bytes.subarray(at + 4, at + 8 + length))).toBe(bytes.readUInt32BE(at + 8 + length));
    chunks[bytes.toString('latin1', at + 4, at + 8)] = bytes.subarray(at + 8, at + 8 + length);
    at += 12 + length;
  }
  expect(Object.keys(chunks)).toEqual(['IHDR', 'IDAT', 'IEND']);
  const header = chunks.IHDR!;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  expect([...header.subarray(8)]).toEqual([16, 0, 0, 0, 0]);
  const rows = inflateSync(chunks.IDAT!);
  expect(rows).toHaveLength(height * (1 + 2 * width));
  const values: number[] = [];
  for (let y = 0; y < height; y++) {
    const row = y * (1 + 2 * width);
    expect(rows[row]).toBe(0);
    for (let x = 0; x < width; x++) values.push(rows.readUInt16BE(row + 1 + 2 * x));
  }
  return { width, height, values };
}

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, value, at) => Math.max(most, Math.abs(value - b[at]!)), 0);

test('map and numbers of a class are the explainer’s', async ({ page }) => {
  await open(page, 'class', '?backend=cpu&sample=dog');
  const wanted = await explained(page);

  const npy = await save(page, 'Map as numbers');
  expect(npy.name).toBe('dog-German-shepherd-grad-cam++-map.npy');
  const { shape, values } = parseNpy(npy.bytes);
  expect(shape).toEqual([wanted.height, wanted.width]);
  expect(largestDifference(values, wanted.map)).toBeLessThan(1e-6);

  const png = await save(page, '16-bit grayscale');
  expect(png.name).toBe('dog-German-shepherd-grad-cam++-map.png');
  const { width, height, values: grays } = parsePng16(png.bytes);
  expect([width, height]).toEqual([wanted.width, wanted.height]);
  expect(largestDifference(grays, wanted.map.map((value) => value * 65535))).toBeLessThanOrEqual(0.51);

  const json = await save(page, 'All numbers');
  expect(json.name).toBe('dog-German-shepherd-grad-cam++.json');
  const report = JSON.parse(json.bytes.toString());
  expect(report).toMatchObject({
    generator: 'gradlens',
    version: JSON.parse(await readFile(new URL('../../pkg/package.json', import.meta.url), 'utf8')).version,
    model: 'EfficientNet-Lite0',
    modelHash: createHash('sha256').update(await readFile(new URL('../../pkg/model/efficientnet-lite0.onnx', import.meta.url))).digest('hex'),
    contract: { width: 224, height: 224, resize: 'fit 32', sources: { normalisation: 'read' } },
    backend: 'cpu',
    photo: { name: 'Dog', width: wanted.width, height: wanted.height },
    mode: 'class',
    inputSize: 224,
  });
  expect(report.classes).toHaveLength(1000);
  expect(report.classes[0]).toMatchObject({ classIdx: wanted.classIdx, label: 'German shepherd' });
  const [explanation] = report.explanations;
  expect(explanation).toMatchObject({
    classIdx: wanted.classIdx, method: 'grad-cam++', layer: 'features', rawWidth: wanted.rawWidth, rawHeight: wanted.rawHeight,
    area: { x: 0, y: 0, width: wanted.width, height: wanted.height },
  });
  expect(explanation.probability).toBeCloseTo(wanted.probability, 6);
  expect(explanation.logit).toBeCloseTo(wanted.logit, 4);
  expect(largestDifference(explanation.raw, wanted.raw)).toBeLessThan(1e-6 * Math.max(...wanted.raw));
});

/** The mean difference of a saved picture and what the page shows, blended here by the book, in 255ths. */
async function differenceFromStage(page: Page, bytes: Buffer, saturation: number) {
  return page.evaluate(async ({ base64, saturation }) => {
    const read = (source: CanvasImageSource, width: number, height: number) => {
      const context = new OffscreenCanvas(width, height).getContext('2d')!;
      context.drawImage(source, 0, 0, width, height);
      return context.getImageData(0, 0, width, height).data;
    };
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]));
    const { width, height } = bitmap;
    const photo = document.querySelector<HTMLCanvasElement>('#picture')!;
    const saved = read(bitmap, width, height);
    const below = read(photo, width, height);
    const above = read(document.querySelector<HTMLCanvasElement>('#overlay')!, width, height);
    let sum = 0;
    for (let i = 0; i < saved.length; i += 4) {
      const gray = 0.3 * below[i]! + 0.59 * below[i + 1]! + 0.11 * below[i + 2]!;
      const alpha = above[i + 3]! / 255;
      for (let channel = i; channel < i + 3; channel++) {
        const muted = gray + saturation * (below[channel]! - gray);
        sum += Math.abs(saved[channel]! - (alpha * above[channel]! + (1 - alpha) * muted));
      }
    }
    return { mean: sum / (3 * width * height), width, height, stage: [photo.width, photo.height] };
  }, { base64: bytes.toString('base64'), saturation });
}

test('the picture is the photo with the map over it, as opaque as it is set', async ({ page }) => {
  await open(page, 'class', '?backend=cpu&sample=dog');
  const sizes: number[] = [];
  for (const opacity of ['0.3', '0.9']) {
    await page.locator('#opacity').fill(opacity);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    const { name, bytes } = await save(page, 'Photo with map');
    // Firefox numbers the second file of a name.
    expect(name).toMatch(/^dog-German-shepherd-grad-cam\+\+(\(1\))?\.png$/);
    const { mean, width, height, stage } = await differenceFromStage(page, bytes, 1);
    expect([width, height]).toEqual(stage);
    expect(mean).toBeLessThan(0.6);
    sizes.push(bytes.length);
  }
  expect(sizes[0]).not.toBe(sizes[1]);
});

test('objects are saved as painted, with their maps, boxes and regions', async ({ page }) => {
  await open(page, 'objects', '?backend=cpu&sample=mosaic');
  const shown = await page.locator('#objects .name').allInnerTexts();
  expect(shown.length).toBeGreaterThan(2);

  const picture = await save(page, 'Photo with map');
  expect(picture.name).toBe('mosaic-objects-grad-cam++.png');
  // The tags come on top; they are small.
  expect((await differenceFromStage(page, picture.bytes, 0.2)).mean).toBeLessThan(8);

  const { photo, objects } = JSON.parse((await save(page, 'All numbers')).bytes.toString());
  expect(objects.map(({ label }: Gradlens.DetectedObject) => label)).toEqual(shown);
  for (const { box, regions, score, explanation } of objects) {
    expect(score).toBeGreaterThan(0.2);
    expect(box.x + box.width).toBeLessThanOrEqual(photo.width);
    expect(box.y + box.height).toBeLessThanOrEqual(photo.height);
    expect(regions[0].peak).toBe(1);
    expect(explanation.raw).toHaveLength(explanation.rawWidth * explanation.rawHeight);
  }

  const { shape, values } = parseNpy((await save(page, 'Maps as numbers')).bytes);
  expect(shape).toEqual([objects.length, photo.height, photo.width]);
  expect(values.reduce((most, value) => Math.max(most, value), 0)).toBeCloseTo(1, 1);
});

test('a comparison is saved as one map a method', async ({ page }) => {
  await open(page, 'class', '?backend=cpu&sample=dog');
  await choose(page, 'compare');
  const json = await save(page, 'All numbers');
  expect(json.name).toBe('dog-German-shepherd-methods.json');
  const { explanations, photo } = JSON.parse(json.bytes.toString());
  expect(explanations.map(({ method }: Gradlens.Explanation) => method).sort())
    .toEqual([
      'cam',
      'eigen-cam',
      'eigengrad-cam',
      'grad-cam',
      'grad-cam++',
      'grad-cam++-normalised',
      'grad-cam-elementwise',
      'guided-backpropagation',
      'guided-grad-cam',
      'guided-grad-cam++',
      'hires-cam',
      'input-gradients',
      'layer-cam',
      'xgrad-cam',
    ]);
  const { shape } = parseNpy((await save(page, 'Maps as numbers')).bytes);
  expect(shape).toEqual([14, photo.height, photo.width]);
});

test('what has little evidence is hidden, and only that', async ({ page }) => {
  await open(page, 'class', '?backend=cpu&sample=dog');
  const pixels = async () => {
    const text = await page.locator('#overlay').evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
      return Array.from(new Uint32Array(data.buffer), (pixel) => pixel.toString(16)).join();
    });
    return text.split(',').map((pixel) => Number.parseInt(pixel, 16));
  };
  const whole = await pixels();
  const alphas = whole.map((pixel) => pixel >>> 24);
  const most = alphas.reduce((most, alpha) => Math.max(most, alpha));
  const strayed = (shown: number[], share: number) =>
    shown.filter((pixel, at) => {
      const above = alphas[at]! / most - share;
      // Alphas tell a map's values apart to a hundredth. Black and opaque: 255 as little-endian bytes 0, 0, 0, 255.
      return Math.abs(above) > 0.01 && pixel !== (above < 0 ? 0xff000000 : whole[at]);
    }).length;
  for (const share of [0.5, 0.25, 0]) {
    await page.locator('#hide').fill(String(share));
    await expect(page.locator('#hide-value')).toHaveText(share ? `<${100 * share}%` : 'off');
    await expect.poll(async () => strayed(await pixels(), share)).toBe(0);
  }
  expect(strayed(whole, 0.5)).toBeGreaterThan(0);
});
