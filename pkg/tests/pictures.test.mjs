// Pictures where there is no browser: the module's own decoder, on the files of decode/tests/pictures.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { readPicture } from '../dist/direct.js';

const root = new URL('../../', import.meta.url);
const odd = (name) => new URL(`decode/tests/pictures/${name}`, root);
const fileOf = (name) => readFile(odd(name)).catch(() => readFile(new URL(`www/samples/${name}`, root)));
/** The hash of pixels that are opaque, so that no background changes them. */
const hashOf = ({ data }) => createHash('sha256').update(data).digest('hex');
const refused = (source, code, message, options) =>
  assert.rejects(readPicture(source, options), (error) => error.code === code && message.test(error.message));

test('the same bytes give the same pixels as natively', async () => {
  const lines = (await readFile(odd('pixels.txt'), 'utf8')).trim().split('\n').filter((line) => !line.includes('transparent'));
  for (const line of lines.filter((line) => !line.startsWith('lossless'))) {
    const [name, maxSide, frame, size, frames, hash] = line.split(' ');
    const options = { frame: Number(frame), ...(Number(maxSide) && { maxSide: Number(maxSide) }) };
    const picture = await readPicture(await fileOf(name), options);
    assert.equal(`${picture.width}x${picture.height} ${picture.frames} ${hashOf(picture)}`, `${size} ${frames} ${hash}`, line);
  }
});

test('a file is read from bytes, a Blob, its address and an answer alike', async () => {
  const bytes = await fileOf('cmyk.jpg');
  const hash = hashOf(await readPicture(bytes));
  const buffer = new Uint8Array(bytes).buffer;
  for (const source of [buffer, new Blob([bytes]), odd('cmyk.jpg'), odd('cmyk.jpg').href, new Response(bytes)]) {
    assert.equal(hashOf(await readPicture(source)), hash);
  }
  const reused = new Uint8Array(bytes);
  const reading = readPicture(reused);
  reused.fill(0);
  assert.equal(hashOf(await reading), hash);
});

test('what is transparent shows the background, black by default, or the colour under it', async () => {
  const halves = { data: Uint8ClampedArray.of(255, 0, 100, 0, 200, 100, 0, 102), width: 2, height: 1 };
  const pixels = async (options) => [...(await readPicture(halves, options)).data];
  assert.deepEqual(await pixels(), [0, 0, 0, 255, 80, 40, 0, 255]);
  assert.deepEqual(await pixels({ background: [255, 255, 255] }), [255, 255, 255, 255, 233, 193, 153, 255]);
  assert.deepEqual(await pixels({ background: null }), [255, 0, 100, 255, 200, 100, 0, 255]);
  assert.equal(halves.data[3], 0);
});

test('pixels are made smaller, in their own aspect', async () => {
  const data = Uint8ClampedArray.from({ length: 4 * 400 * 100 }, (_, at) => (at % 4 === 3 ? 255 : 255 * ((at >> 2) % 2)));
  const { width, height, data: smaller } = await readPicture({ data, width: 400, height: 100 }, { maxSide: 90 });
  assert.deepEqual([width, height], [90, 23]);
  assert.ok(smaller.every((value, at) => at % 4 === 3 || Math.abs(value - 128) < 24), 'stripes become gray');
});

test('what is no picture, too large or damaged is refused by what it is', async () => {
  await refused(new TextEncoder().encode('\0\0\0\x18ftypheic\0\0\0\0mif1heic'), 'invalid-image', /HEIC.*JPEG/);
  await refused(new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'invalid-image', /SVG.*PNG/);
  await refused(new Uint8Array(0), 'invalid-image', /empty/);
  await refused(new TextEncoder().encode('dear friend'), 'invalid-image', /no picture/);
  await refused((await fileOf('sixteen-bit.png')).subarray(0, 200), 'invalid-image', /PNG.*damaged/);
  const bomb = await fileOf('animated.gif');
  bomb.writeUInt16LE(60_000, 6);
  bomb.writeUInt16LE(60_000, 8);
  await refused(bomb, 'image-too-large', /60000 x 60000/);
  await refused(await fileOf('animated.gif'), 'invalid-argument', /no frame 3.*has 3/, { frame: 3 });
  await refused(odd('none.jpg'), 'invalid-image', /none\.jpg/);
  await refused(null, 'invalid-image', /File or Blob/);
  await refused(await fileOf('gray.jpg'), 'invalid-argument', /background/, { background: 'white' });
  await refused(await fileOf('gray.jpg'), 'invalid-argument', /no option "size"/, { size: 3 });
});

test('a JPEG file is explained without any option', async () => {
  const { explain, dispose } = await import('../dist/direct.js');
  const explanation = await explain(await readPicture(new URL('www/samples/dog.webp', root), { maxSide: 640 }));
  assert.equal(explanation.label, 'German shepherd');
  const again = await explain(new URL('www/samples/dog.webp', root));
  assert.equal(again.label, 'German shepherd');
  const small = await explain(odd('exif-6.jpg'), { classIdx: 235 });
  assert.deepEqual([small.width, small.height], [36, 48]);
  dispose();
});
