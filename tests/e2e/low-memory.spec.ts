// Machines with little memory: what the system refuses is done without, or said; and what a large picture took comes back.
import { existsSync } from 'node:fs';
import { chmod, mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Page, chromium } from '@playwright/test';
import { residentMegabytes } from './memory.ts';
import { animatedGif } from './odd-files.ts';
import { expect, test, workerAfter } from './package-page.ts';
import { done, open } from './visit.ts';

declare global {
  /** Of a worker's modules. */
  var memories: WebAssembly.Memory[];
}

const RANGE_ERROR = `new RangeError('WebAssembly.instantiate(): Out of memory: Cannot allocate Wasm memory for new instance')`;

/** The code and the message of a load's failure, of options given as source text. */
const failureOf = (page: Page, options: string) =>
  page.evaluate<string>(`gradlens.load({ ${options} }).then(() => 'loaded', ({ code, message }) => code + ': ' + message)`);

test('a picture of 64 megapixels takes no memory of the core, and gives all other back', async ({ page, browser }) => {
  const workerUrl = await workerAfter(
    page,
    `globalThis.memories = [];
    const { instantiate } = WebAssembly;
    WebAssembly.instantiate = async (...all) => {
      const made = await instantiate(...all);
      memories.push((made.instance ?? made).exports.memory);
      return made;
    };`,
  );
  const label = await page.evaluate(async (workerUrl) => {
    globalThis.explainer = await gradlens.load({ backend: 'cpu', workerUrl });
    return (await explainer.explain(await sample('dog.webp'))).label;
  }, workerUrl);
  const ofCore = () => page.workers()[0]!.evaluate(() => memories[0]!.buffer.byteLength / 1e6);
  const [core, all] = [await ofCore(), await residentMegabytes(browser)];
  const large = await page.evaluate(async () => {
    const { width, data } = await sample('dog.webp');
    const colours = new Uint32Array(data.buffer);
    const image = new ImageData(8000, 8000);
    const pixels = new Uint32Array(image.data.buffer);
    for (let y = 0; y < 8000; y++) {
      const row = Math.floor((y * 768) / 8000) * width;
      for (let x = 0; x < 8000; x++) pixels[8000 * y + x] = colours[row + Math.floor((x * 1024) / 8000)]!;
    }
    return (await explainer.explain(image)).label;
  });
  expect(large).toBe(label);
  const ofCoreNow = (await ofCore()) - core;
  const session = await page.context().newCDPSession(page);
  await expect.poll(async () => {
    await session.send('Memory.simulatePressureNotification', { level: 'critical' });
    return (await residentMegabytes(browser)) - all - ofCoreNow;
  }, { timeout: 30_000 }).toBeLessThan(80);
  expect(ofCoreNow).toBeLessThan(24);
});

test('a module, a model or a decoder that the system has no memory for is called that, and the next is loaded', async ({ page }) => {
  const refusing = await workerAfter(page, `WebAssembly.instantiate = async () => { throw ${RANGE_ERROR}; };`);
  expect(await failureOf(page, `backend: 'cpu', workerUrl: '${refusing}'`)).toMatch(/^out-of-memory: there is no memory for the WebAssembly module/);
  const claims = `new Response(new ReadableStream(), { headers: { 'content-length': String(2 ** 45) } })`;
  expect(await failureOf(page, `backend: 'cpu', model: ${claims}`)).toMatch(/^out-of-memory: there is no memory for the model, which takes \d{8} MB/);

  const decoded = `gradlens.readPicture('/test/animated.gif', { frame: 1 }).then(({ frames }) => frames, ({ code }) => code)`;
  const body = animatedGif(2);
  await page.route('**/test/animated.gif', (route) => route.fulfill({ contentType: 'image/gif', body }));
  await page.evaluate(`globalThis.honest = WebAssembly.instantiate; WebAssembly.instantiate = async () => { throw ${RANGE_ERROR}; };`);
  expect(await page.evaluate(decoded)).toBe('out-of-memory');
  await page.evaluate('WebAssembly.instantiate = honest');
  expect(await page.evaluate(decoded)).toBe(2);
  expect(await failureOf(page, `backend: 'cpu'`)).toBe('loaded');
});

test('a network that outgrows what memory there is fails and says so, and the next is loaded', async ({ page }) => {
  const said = await page.evaluate(async () => {
    const bytes = new Uint8Array(await (await fetch('/gradlens/dist/wasm/cpu/gradlens_bg.wasm')).arrayBuffer());
    // The section of its memory, which begins with so many pages: a hundred more, 6.5 MB, are the last.
    const at = bytes.findIndex((_, at) => bytes.subarray(at, at + 4).join() === '5,3,1,0');
    const least = bytes[at + 4]!;
    const limited = Uint8Array.of(5, 5, 1, 1, least, 0x80 | ((least + 100) & 0x7f), (least + 100) >> 7);
    const cpu = await new Blob([bytes.subarray(0, at), limited, bytes.subarray(at + 5)]).arrayBuffer();
    const load = async (options = {}) => {
      const explainer = await gradlens.load({ backend: 'cpu', ...options });
      return (await explainer.explain(await sample('dog.webp'))).label;
    };
    const failed = load({ wasm: { cpu } }).catch(({ code, message }) => `${code}: ${message}`);
    return [await failed, await load()];
  });
  expect(said[0]).toMatch(/^(out-of-memory|internal): .*memory/);
  expect(said[1]).toBe('German shepherd');
});

/** Where Linux, in its first way of doing it, limits the memory of groups of processes. */
const memoryGroups = '/sys/fs/cgroup/memory';
/** Bytes that all of the browser's processes may have on the phone. */
const PHONE = 900e6;

/** The dog as a camera of today takes it. */
async function jpegOf48Megapixels(page: Page): Promise<Buffer> {
  const base64 = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(8000, 6000);
    canvas.getContext('2d')!.drawImage(await createImageBitmap(await sample('dog.webp')), 0, 0, 8000, 6000);
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
    const url = await new Promise<string>((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result as string);
      reader.readAsDataURL(blob);
    });
    return url.split(',')[1]!;
  });
  return Buffer.from(base64, 'base64');
}

test('in the memory of a phone the page explains, a photo of 48 megapixels too', { tag: '@chromium' }, async ({ page: other, launchOptions, baseURL }) => {
  test.skip(!existsSync(join(memoryGroups, 'memory.limit_in_bytes')), 'this machine limits no memory of a group of processes by files');
  const group = join(memoryGroups, `gradlens-${process.pid}`);
  const program = join(tmpdir(), `gradlens-phone-${process.pid}.sh`);
  await mkdir(group);
  await writeFile(join(group, 'memory.limit_in_bytes'), String(PHONE));
  await writeFile(program, `#!/bin/sh\necho $$ > ${group}/cgroup.procs\nexec ${launchOptions.executablePath} "$@"\n`);
  await chmod(program, 0o755);
  const photo = await jpegOf48Megapixels(other);
  const browser = await chromium.launch({ ...launchOptions, executablePath: program });
  try {
    const page = await browser.newPage({ baseURL, viewport: { width: 390, height: 844 } });
    let crashes = 0;
    page.on('crash', () => crashes++);
    await open(page, 'class', '?backend=cpu&sample=dog');
    await expect(page.locator('#answer-class')).toHaveText('German shepherd');
    await page.locator('#file').setInputFiles({ name: 'large.jpg', mimeType: 'image/jpeg', buffer: photo });
    await expect(page.locator('#picture')).toHaveAttribute('aria-label', 'Photo: large.jpg', { timeout: 60_000 });
    await done(page);
    await expect(page.locator('#answer-class')).toHaveText('German shepherd');
    expect(crashes).toBe(0);
  } finally {
    await browser.close();
    await rm(program);
    // Its processes may take a moment to be gone.
    await expect.poll(() => rmdir(group).then(() => true, () => false)).toBe(true);
  }
});
