import { GradlensError } from './errors.js';

/** RGBA, 8 bits a channel, row-major, as they travel between threads. */
export interface Pixels {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/**
 * Clear pixels for an overlay of a picture, of its size or another width.
 *
 * @throws GradlensError `out-of-memory`
 */
export function clearPixels(picture: Omit<Pixels, 'data'>, width = picture.width): Pixels {
  const height = Math.max(1, Math.round((picture.height * width) / picture.width));
  try {
    return { data: new Uint8ClampedArray(4 * width * height), width, height };
  } catch (cause) {
    throw new GradlensError('out-of-memory', `there is no memory for an overlay of ${width} x ${height} pixels`, { cause });
  }
}

/** Pixels as an `ImageData`; as an object of its shape where there are none, as in Node. */
export function imageOf({ data, width, height }: Pixels): ImageData {
  const own = data as ImageData['data'];
  return typeof ImageData === 'function' ? new ImageData(own, width, height) : { data: own, width, height, colorSpace: 'srgb' };
}
