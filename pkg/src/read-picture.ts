import { checkCount, checkOptions, checkPicture, isPicture, optionsOf } from './checks.js';
import { MOST_PIXELS, decode, scale } from './decoder.js';
import { canvasesAreTrue, pixelsOf } from './drawable.js';
import { GradlensError, shown } from './errors.js';
import { type Purpose, bytesOf } from './fetch.js';
import { isArrayBuffer, isBlob, isDrawable, isResponse, isUrl } from './kinds.js';
import { lookAt } from './picture-file.js';
import { pictureNow } from './snapshot.js';
import type { Drawable, Picture, PictureOptions, PictureSource, ReadPicture, Rgb, Source } from './types.js';

const purpose: Purpose = { name: 'picture', code: 'invalid-image' };

/**
 * The pixels of whatever is a picture, as it is at the moment of the call: upright by EXIF, with the colours of sRGB, opaque.
 * A file is decoded by the browser where its canvases can be believed. Where they cannot, where there are none (Node,
 * Deno, Bun), and for what browsers read less well (16 bits, CMYK, animations), this package decodes JPEG, PNG, WebP, GIF
 * and BMP itself, to the same pixels everywhere, in the calling thread.
 *
 * @throws GradlensError `invalid-image`, `image-too-large`, `canvas-unreadable`, `invalid-argument`, `runtime-unavailable`,
 * `out-of-memory`, `aborted`
 */
export async function readPicture(source: PictureSource, options: PictureOptions = {}): Promise<ReadPicture> {
  checkOptions(options, optionsOf.picture);
  const { maxSide, background = [0, 0, 0], frame } = options;
  if (maxSide !== undefined) checkCount('maxSide', maxSide, 1);
  if (frame !== undefined) checkCount('frame', frame, 0, 2 ** 32 - 1);
  checkBackground(background);
  const ground = background && ([...background] as const);
  const picture = await read(source, { ...options });
  return { ...picture, data: opaque(picture.data, ground) };
}

/** A picture of its own for a call: pixels as they are, all else as {@link readPicture} reads it. */
export async function pictureOf(source: PictureSource): Promise<Picture> {
  return isPicture(source) ? pictureNow(source) : readPicture(source);
}

async function read(source: PictureSource, options: PictureOptions): Promise<ReadPicture> {
  if (isDrawable(source)) return readDrawable(source, options);
  if (isFile(source)) return readFile(isArrayBuffer(source) || ArrayBuffer.isView(source) ? copyOf(source) : source, options);
  checkPicture(source);
  const picture = { ...pictureNow(source), frames: 1 } as ReadPicture;
  const { maxSide = Infinity, wasmUrl } = options;
  return Math.max(picture.width, picture.height) > maxSide ? scale(picture, maxSide, wasmUrl) : picture;
}

async function readDrawable(drawable: Drawable, options: PictureOptions): Promise<ReadPicture> {
  const address = 'currentSrc' in drawable && 'naturalWidth' in drawable ? drawable.currentSrc : '';
  // The file tells what a canvas does not.
  return address && !canvasesAreTrue() ? readFile(address, options) : pixelsOf(drawable, options.maxSide);
}

async function readFile(source: Source, options: PictureOptions): Promise<ReadPicture> {
  const bytes = await bytesOf(source, purpose, undefined, options.signal);
  const { width, height, odd } = lookAt(bytes);
  // The decoder says what is too large.
  const isOurs = odd || (options.frame ?? 0) > 0 || width * height > MOST_PIXELS || !canvasesAreTrue();
  const bitmap = isOurs ? null : await createImageBitmap(new Blob([bytes])).catch(() => null);
  if (!bitmap) return decode(bytes, options);
  try {
    return pixelsOf(bitmap, options.maxSide);
  } finally {
    bitmap.close();
  }
}

function isFile(source: unknown): source is Source {
  const kinds = [isUrl, isBlob, isResponse, isArrayBuffer, ArrayBuffer.isView];
  return typeof source === 'string' || kinds.some((is) => is(source));
}

function copyOf(bytes: ArrayBuffer | ArrayBufferView): Uint8Array<ArrayBuffer> {
  return isArrayBuffer(bytes)
    ? new Uint8Array(bytes).slice()
    : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength).slice() as Uint8Array<ArrayBuffer>;
}

function checkBackground(background: unknown): void {
  const isRgb = Array.isArray(background) && background.length === 3 && background.every((value) => value >= 0 && value <= 255);
  if (background === null || isRgb) return;
  throw new GradlensError(
    'invalid-argument',
    `the background is ${shown(background)}; it must be [red, green, blue], each from 0 to 255, or null`,
  );
}

/** The pixels on a ground, in place; without one, the colours that lie under what is transparent. */
function opaque(rgba: ReadPicture['data'], ground: Rgb | null): ReadPicture['data'] {
  for (let at = 0; at < rgba.length; at += 4) {
    const alpha = rgba[at + 3]!;
    if (alpha === 255) continue;
    for (let channel = 0; ground && channel < 3; channel++) {
      rgba[at + channel] = Math.round((rgba[at + channel]! * alpha + ground[channel]! * (255 - alpha)) / 255);
    }
    rgba[at + 3] = 255;
  }
  return rgba;
}
