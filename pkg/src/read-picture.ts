import { checkCount, checkOptions, checkPicture, isPicture, optionsOf } from './checks.js';
import { type DecoderSource, type Decoding, MOST_PIXELS, type PackagedDecoder, decode, scale } from './decoder.js';
import { canvasesAreTrue, pixelsOf } from './drawable.js';
import { GradlensError, shown } from './errors.js';
import { type Purpose, bytesOf } from './fetch.js';
import { isArrayBuffer, isBlob, isDrawable, isResponse, isUrl } from './kinds.js';
import { lookAt } from './picture-file.js';
import { pictureNow } from './snapshot.js';
import type { Drawable, Picture, PictureOptions, PictureSource, ReadPicture, Rgb, Signal, Source } from './types.js';

const purpose: Purpose = { name: 'picture', code: 'invalid-image' };

/** What `readPicture` of an entry does, by the decoder that the entry brings along, if any. */
export async function readPictureBy(
  packaged: PackagedDecoder | undefined,
  source: PictureSource,
  options: PictureOptions,
): Promise<ReadPicture> {
  checkOptions(options, optionsOf.picture);
  const { maxSide, background = [0, 0, 0], frame, signal, wasmUrl, wasm } = options;
  if (maxSide !== undefined) checkCount('maxSide', maxSide, 1);
  if (frame !== undefined) checkCount('frame', frame, 0, 2 ** 32 - 1);
  checkBackground(background);
  const ground = background && ([...background] as const);
  const picture = await read(source, { maxSide, frame, signal, decoder: { packaged, wasmUrl, wasm } });
  return { ...picture, data: opaque(picture.data, ground) };
}

/** A picture of its own for a call: pixels as they are, all else as `readPicture` reads it. */
export async function pictureOf(packaged: PackagedDecoder | undefined, source: PictureSource): Promise<Picture> {
  return isPicture(source) ? pictureNow(source) : readPictureBy(packaged, source, {});
}

/** How a picture is read. */
interface Reading extends Decoding {
  readonly decoder: DecoderSource;
  readonly signal: Signal;
}

async function read(source: PictureSource, options: Reading): Promise<ReadPicture> {
  if (isDrawable(source)) return readDrawable(source, options);
  if (isFile(source)) return readFile(isArrayBuffer(source) || ArrayBuffer.isView(source) ? copyOf(source) : source, options);
  checkPicture(source);
  const picture = { ...pictureNow(source), frames: 1 } as ReadPicture;
  const { maxSide = Infinity, decoder } = options;
  return Math.max(picture.width, picture.height) > maxSide ? scale(decoder, picture, maxSide) : picture;
}

async function readDrawable(drawable: Drawable, options: Reading): Promise<ReadPicture> {
  const address = 'currentSrc' in drawable && 'naturalWidth' in drawable ? drawable.currentSrc : '';
  // The file tells what a canvas does not.
  return address && !canvasesAreTrue() ? readFile(address, options) : pixelsOf(drawable, options.maxSide);
}

async function readFile(source: Source, options: Reading): Promise<ReadPicture> {
  const bytes = await bytesOf(source, purpose, undefined, options.signal);
  const { width, height, odd } = lookAt(bytes);
  // The decoder says what is too large.
  const isOurs = odd || (options.frame ?? 0) > 0 || width * height > MOST_PIXELS || !canvasesAreTrue();
  const bitmap = isOurs ? null : await createImageBitmap(new Blob([bytes])).catch(() => null);
  if (!bitmap) return decode(options.decoder, bytes, options);
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
