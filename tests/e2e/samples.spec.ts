// The photos that come with the page.
import { readFile, readdir } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { root } from './package-page.ts';

/** The names of the chunks that a WebP or PNG file consists of. */
function chunks(file: Buffer): string[] {
  const isPng = file.toString('latin1', 1, 4) === 'PNG';
  const names: string[] = [];
  for (let at = isPng ? 8 : 12; at < file.length;) {
    const [length, name] = isPng ? [file.readUInt32BE(at), at + 4] : [file.readUInt32LE(at + 4), at];
    names.push(file.toString('latin1', name, name + 4));
    at += isPng ? 12 + length : 8 + length + (length % 2);
  }
  return names;
}

test('samples are pixels in sRGB and nothing else', async () => {
  // WebKitGTK applies no profile of a WebP file, and what a camera wrote of a photo is a third of some.
  const folder = new URL('www/samples/', root);
  const files = (await readdir(folder, { recursive: true })).filter((name) => /\.(webp|png)$/.test(name));
  expect(files).toHaveLength(40);
  for (const file of files) {
    expect(['VP8 ', 'IDAT'], file).toEqual(expect.arrayContaining(
      chunks(await readFile(new URL(file, folder))).filter((name) => !['IHDR', 'IEND'].includes(name)),
    ));
  }
});
