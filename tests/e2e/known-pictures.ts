// The odd pictures of the decoder's tests, and what becomes of them on every machine.
import { readFile, readdir } from 'node:fs/promises';
import { root } from './package-page.ts';

export const picturesFolder = new URL('decode/tests/pictures/', root);

/** Replaces what is read from canvases by noise, so that files are decoded without. */
export const NOISE = `for (const { prototype } of [CanvasRenderingContext2D, OffscreenCanvasRenderingContext2D]) {
  const { getImageData } = prototype;
  globalThis.honest ??= getImageData;
  prototype.getImageData = function (...all) {
    const pixels = getImageData.apply(this, all);
    for (let at = 0; at < pixels.data.length; at++) pixels.data[at] += 90 * (at % 3 - 1);
    return pixels;
  };
}`;

export interface KnownPicture {
  name: string;
  /** Whether it is one of the odd ones, and not a photo of the page. */
  isOdd: boolean;
  options: { frame: number; maxSide?: number };
  /** Width, height and the number of frames. */
  size: string;
  /** Of the pixels, SHA-256. */
  hash: string;
  /** `readPicture` keeps no alpha, which is in the hash. */
  opaque: boolean;
}

export async function knownPictures(): Promise<KnownPicture[]> {
  const odd = new Set(await readdir(picturesFolder));
  const lines = (await readFile(new URL('pixels.txt', picturesFolder), 'utf8')).trim().split('\n');
  return lines.map((line) => {
    const [name = '', maxSide, frame, size, frames, hash = ''] = line.split(' ');
    return {
      name,
      isOdd: odd.has(name),
      options: { frame: Number(frame), ...(Number(maxSide) && { maxSide: Number(maxSide) }) },
      size: `${size} ${frames}`,
      hash,
      opaque: !/transparent|lossless/.test(name),
    };
  });
}
