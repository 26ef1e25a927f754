// How an explanation goes out: as pixels, on a canvas, as a canvas, as a file; painted here or in the worker.
import { expect, test } from './package-page.ts';

test.beforeEach(async ({ page }) => {
  await page.evaluate(async () => {
    globalThis.explainer = await gradlens.load({ backend: 'cpu' });
  });
});

test('an overlay is as smooth as that of objects, at any width', async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const explanation = await explainer.explain(await sample('dog.webp'));
    const worst = [undefined, 300].map((width) => {
      const size = width === undefined ? {} : { width };
      const one = explanation.toImageData({ colormap: 'grayscale', opacity: 1, ...size });
      const objects = gradlens.renderObjects([{ explanation }], { opacity: 1, ...size });
      let worst = one.width === objects.width && one.height === objects.height ? 0 : Infinity;
      // But for the outline, along half of the maximum.
      for (let at = 3; at < one.data.length; at += 4) {
        if (Math.abs(one.data[at]! - 127) > 40) worst = Math.max(worst, Math.abs(one.data[at]! - objects.data[at]!));
      }
      return worst;
    });
    const { width, height, rawWidth } = explanation;
    const small = explanation.toImageData({ width: 300 });
    const { data } = explanation.toImageData({ colormap: 'grayscale', opacity: 1 });
    // Straight pieces between the cells' centres bend there alone: a smooth curve bends little, everywhere.
    const row = Array.from({ length: width }, (_, x) => explanation.map[Math.floor(height / 2) * width + x]!);
    const bends = row.slice(1, -1).map((value, x) => Math.abs(row[x]! - 2 * value + row[x + 2]!));
    const sharpest = Math.max(...bends) * (width / rawWidth) ** 2;
    return { worst, small: [small.width, small.height], aspect: height / width, sharpest, size: data.length / 4 === width * height };
  });
  expect(seen.worst).toEqual([0, 0]);
  expect(seen.small).toEqual([300, Math.round(300 * seen.aspect)]);
  expect(seen.size).toBe(true);
  // A corner of a bilinear map bends by the difference of two slopes within one pixel: tens in these units.
  expect(seen.sharpest).toBeLessThan(6);
});

test('the worker paints the same pixels, and this thread does where there is none', async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const posted: unknown[] = [];
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (this: Worker, ...about: [never, never]) {
      posted.push((about[0] as { path?: string[] }).path?.[0]);
      return postMessage.apply(this, about);
    };
    const options = { colormap: 'viridis', opacity: 0.9, width: 333 } as const;
    const text = ({ data, width, height }: ImageData) => [width, height, ...data].join();
    const explanation = await explainer.explain(await sample('dog.webp'));
    const [object] = await explainer.explainObjects(await sample('dog.webp'));
    const here = text(explanation.toImageData(options));
    posted.length = 0;
    const inWorker = [await explanation.paint(options), await object!.explanation.paint(options)];
    const asked = [...posted];
    explainer.dispose();
    const alone = [explanation, gradlens.Explanation.from(structuredClone(explanation))];
    const later = await Promise.all(alone.map(async (each) => text(await each.paint(options))));
    return {
      asked,
      isImage: inWorker[0] instanceof ImageData,
      same: [text(inWorker[0]!), ...later].map((each) => each === here),
      ofObject: text(inWorker[1]!) === text(object!.explanation.toImageData(options)),
    };
  });
  expect(seen).toEqual({ asked: ['paint', 'paint'], isImage: true, same: [true, true, true], ofObject: true });
});

test('it is drawn over what a canvas shows, and makes a canvas and a file', async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const photo = await sample('dog.webp');
    const explanation = await explainer.explain(photo);
    const [canvas, reference] = [0, 0].map(() => new OffscreenCanvas(400, Math.round((400 * photo.height) / photo.width)));
    const [context, wanted] = [canvas!, reference!].map((each) => each.getContext('2d')!);
    for (const each of [context!, wanted!]) each.drawImage(await createImageBitmap(photo), 0, 0, canvas!.width, canvas!.height);
    // As pages do for dense screens.
    context!.scale(2, 2);
    await explanation.drawOn(canvas!, { colormap: 'inferno' });
    const overlay = explanation.toImageData({ colormap: 'inferno', width: 400 });
    wanted!.drawImage(await createImageBitmap(overlay), 0, 0, canvas!.width, canvas!.height);
    const pixels = (of: OffscreenCanvasRenderingContext2D) => of.getImageData(0, 0, canvas!.width, canvas!.height).data;
    const [drawn, hoped] = [pixels(context!), pixels(wanted!)];
    const off = drawn.reduce((worst, value, at) => Math.max(worst, Math.abs(value - hoped[at]!)), 0);

    const made = await explanation.toCanvas({ width: 200 });
    document.body.append(made);
    const file = await explanation.toBlob({ width: 200, colormap: 'jet' });
    const webp = await explanation.toBlob({ width: 20, type: 'image/webp' });
    const bitmap = await createImageBitmap(file);
    const failure = (call: Promise<unknown>) => call.then(String, ({ code, message }) => `${code}: ${message}`);
    return {
      off, inserted: [made.isConnected, made.width, made.height],
      file: [file.type, bitmap.width, bitmap.height, webp.type], height: Math.round((200 * photo.height) / photo.width),
      failures: [
        await failure(explanation.toBlob({ type: 'image/tiff' })),
        await failure(explanation.drawOn({} as HTMLCanvasElement)),
        await failure(explanation.drawOn(made, { width: 0.5 })),
        await failure(explanation.paint('jet' as never)),
        await failure(explanation.toCanvas({ size: 3 } as never)),
        await failure(explanation.paint({ width: 2 ** 17 })),
      ],
    };
  });
  expect(seen.off).toBeLessThanOrEqual(2);
  expect(seen.inserted).toEqual([true, 200, seen.height]);
  expect(seen.file).toEqual(['image/png', 200, seen.height, 'image/webp']);
  const [tiff, noCanvas, width, word, unknown, large] = seen.failures;
  expect(tiff).toMatch(/^invalid-argument: this browser writes no files of the type "image\/tiff"/);
  expect(noCanvas).toMatch(/^invalid-argument: .* is no canvas with a 2D context/);
  expect(width).toMatch(/^invalid-argument: width is 0\.5/);
  expect(word).toMatch(/^invalid-argument: the options are "jet"/);
  expect(unknown).toMatch(/^invalid-argument: there is no option "size"/);
  expect(large).toMatch(/^out-of-memory: there is no memory for an overlay of 131072 x \d+ pixels/);
});

test('overlays of 20 large pictures keep nothing, @chromium', async ({ page }) => {
  const session = await page.context().newCDPSession(page);
  const held = async () => {
    await session.send('HeapProfiler.collectGarbage');
    const usage = (await session.send('Runtime.getHeapUsage')) as { usedSize: number; backingStorageSize: number };
    return (usage.usedSize + usage.backingStorageSize) / 1e6;
  };
  await page.evaluate(async () => {
    const photo = new ImageData(2000, 1500);
    const explanations = await explainer.explainMany(photo, Array.from({ length: 20 }, (_, at) => at));
    Object.assign(globalThis, { explanations });
  });
  const before = await held();
  await page.evaluate(async () => {
    const { explanations } = globalThis as unknown as { explanations: Awaited<ReturnType<typeof explainer.explainMany>> };
    for (const each of explanations) {
      each.toImageData();
      await each.paint();
      if (each.map !== each.map) throw new Error('a map is made twice');
    }
  });
  expect((await held()) - before).toBeLessThan(5);
});
