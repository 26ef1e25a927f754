// Many explanations in one page: memory stays, and so do the answers. GRADLENS_SOAK multiplies the
// number of them; 20 makes 2,000 on the CPU and 200 on WebGPU.
import { expect, test } from './package-page.ts';
import { residentMegabytes } from './memory.ts';

const { GRADLENS_SOAK = '1' } = process.env;

/** Explanations of a round on each backend. */
const COUNTS = { cpu: 100, webgpu: 10 };

for (const backend of ['cpu', 'webgpu'] as const) {
  test(`explanations without end on ${backend}`, async ({ page, browser }) => {
    const count = COUNTS[backend] * Number(GRADLENS_SOAK);
    test.setTimeout(120_000 + count * 10_000);

    /** Pictures of every size and classes of every kind, in an order that is the same in every round. */
    const round = (pictures: number) =>
      page.evaluate(
        async ({ backend, pictures }) => {
          globalThis.explainer ??= await gradlens.load({ backend });
          const photo = await createImageBitmap(await sample('mosaic.png'));
          const sizes = backend === 'cpu' ? [224, 320, 448] : [64, 96, 128];
          for (let i = 0; i < pictures; i++) {
            const [width, height] = [64 + ((i * 37) % 500), 64 + ((i * 53) % 400)];
            const context = new OffscreenCanvas(width, height).getContext('2d')!;
            context.drawImage(photo, (i * 11) % 100, (i * 7) % 100, 300, 300, 0, 0, width, height);
            const image = context.getImageData(0, 0, width, height);
            const classIdx = i % 5 === 0 ? null : (i * 619) % 1000;
            await explainer.explain(image, classIdx, 'grad-cam++', { inputSize: sizes[i % 3]! });
          }
        },
        { backend, pictures },
      );
    /** The map of a fixed picture. */
    const answer = () =>
      page.evaluate(async () => {
        const { raw } = await explainer.explain(await sample('dog.webp'), 235, 'grad-cam++', { inputSize: 96 });
        return Array.from(raw);
      });

    await round(COUNTS[backend]);
    const first = await answer();
    await page.requestGC();
    const before = await residentMegabytes(browser);
    await round(count);
    const last = await answer();
    await page.requestGC();
    const after = await residentMegabytes(browser);
    console.log(`${count} on ${backend}: ${before.toFixed(0)} MB, then ${after.toFixed(0)} MB`);
    expect(after).toBeLessThan(before * 1.05);
    if (backend === 'cpu') expect(last).toEqual(first);
    else expect(Math.max(...last.map((value, i) => Math.abs(value - first[i]!)))).toBeLessThan(1e-4 * Math.max(...first));
  });
}
