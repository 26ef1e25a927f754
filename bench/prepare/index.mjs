// Weights, pictures and references in the folder that the server reads, made anew when their sources change.
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { squares } from './pictures.mjs';
import { createReference, difference } from './reference.mjs';
import { readInitializers, readTensors, weightFile } from './weights.mjs';

/** A side of the pictures in pixels, and of the finer ones. */
export const SIZE = 224;
export const FINE_SIZE = 448;
const FINE_PICTURES = 4;
/** How many classes of a picture are explained: its likeliest ones. */
const CLASSES = 8;

/** Golden files that hold maps of the layer that is pooled, at the standard size. */
const GOLDEN = ['chelsea_224x224', 'lemur_224x224'];
/** What folding the batch norms into 32-bit weights may change, as a share of the largest value. */
const GOLDEN_TOLERANCE = 1e-4;

/**
 * @typedef {object} Expected of one picture
 * @property {number[]} classes the likeliest first
 * @property {number[]} logits
 * @property {number[][]} maps one a class, row-major
 */

/**
 * @param {object} paths
 * @param {string} paths.model the model file in 32 bits
 * @param {URL} paths.root of the project
 * @param {string} paths.data the folder to fill
 * @param {() => Promise<import('playwright-core').Browser>} launch
 * @returns {Promise<{ pictures: Expected[], fine: Expected[] }>}
 */
export async function prepare({ model, root, data }, launch) {
  const file = await readFile(model);
  const key = await keyOf(file);
  const known = await readFile(`${data}/expected.json`, 'utf8').then(JSON.parse, () => null);
  if (known?.key === key) return known;

  console.error('making weights, pictures and references …');
  await mkdir(data, { recursive: true });
  const tensors = await readInitializers(file);
  const hwio = weightFile(tensors, 'hwio');
  await writeFile(`${data}/model.onnx`, file);
  await writeFile(`${data}/weights.hwio.bin`, hwio);
  await writeFile(`${data}/weights.oihw.bin`, weightFile(tensors, 'oihw'));

  const browser = await launch();
  const photos = new URL('www/samples', root).pathname;
  const pictures = await squares(browser, photos, SIZE);
  const fine = (await squares(browser, photos, FINE_SIZE)).slice(0, FINE_PICTURES);
  await browser.close();
  await writeFile(`${data}/pictures.bin`, Buffer.concat(pictures));
  await writeFile(`${data}/fine.bin`, Buffer.concat(fine));

  const reference = createReference(new Uint8Array(hwio).buffer);
  await checkReference(reference, root);
  const expected = {
    key,
    pictures: pictures.map((pixels) => expect(reference.look(pixels, SIZE, 4), CLASSES)),
    fine: fine.map((pixels) => expect(reference.look(pixels, FINE_SIZE, 4), 1)),
  };
  await writeFile(`${data}/expected.json`, JSON.stringify(expected));
  return expected;
}

/** Changes when the weights, or what is made of them here, do. */
async function keyOf(model) {
  const hash = createHash('sha256').update(model);
  const here = new URL('.', import.meta.url);
  for (const name of (await readdir(here)).sort()) hash.update(await readFile(new URL(name, here)));
  return hash.update(await readFile(new URL('../network.js', here))).digest('hex');
}

/** @returns {Expected} */
function expect(seen, count) {
  const logits = seen.logits();
  const classes = logits.map((_, classIdx) => classIdx).sort((a, b) => logits[b] - logits[a]).slice(0, count);
  return { classes, logits, maps: classes.map((classIdx) => seen.map(classIdx)) };
}

/** The reference itself against the project's golden files, which another program made. */
async function checkReference(reference, root) {
  for (const name of GOLDEN) {
    const golden = readTensors(await readFile(new URL(`tests/golden/${name}.safetensors`, root)));
    const { shape: [size], values } = golden.get('rgb_u8');
    const seen = reference.look(values, size, 3);
    const found = [['logits', seen.logits()]];
    for (const tensor of golden.keys()) {
      const classIdx = /^grad-cam\+\+\.head\.(\d+)$/.exec(tensor)?.[1];
      if (classIdx) found.push([tensor, seen.map(Number(classIdx))]);
    }
    for (const [tensor, actual] of found) {
      const off = difference(actual, golden.get(tensor).values);
      if (!(off < GOLDEN_TOLERANCE)) throw new Error(`the reference differs from ${name}, ${tensor}, by ${off.toExponential(1)}`);
    }
  }
}
