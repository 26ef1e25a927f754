// The decoder of pictures that this package brings along. The address is literal, so that bundlers see it.

import { readPictureBy } from './read-picture.js';
import type { PictureOptions, PictureSource, ReadPicture } from './types.js';

export const packagedDecoder = () => new URL('./wasm/decode/gradlens_bg.wasm', import.meta.url);

/**
 * The pixels of whatever is a picture, as it is at the moment of the call: upright by EXIF, with the colours of sRGB, opaque.
 * A file is decoded by the browser where its canvases can be believed. Where they cannot, where there are none (Node,
 * Deno, Bun), and for what browsers read less well (16 bits, CMYK, animations), this package decodes JPEG, PNG, WebP, GIF
 * and BMP itself, to the same pixels everywhere, in the calling thread.
 *
 * @throws GradlensError `invalid-image`, `image-too-large`, `canvas-unreadable`, `invalid-argument`, `runtime-unavailable`,
 * `out-of-memory`, `aborted`
 */
export function readPicture(source: PictureSource, options: PictureOptions = {}): Promise<ReadPicture> {
  return readPictureBy(packagedDecoder, source, options);
}
