// What callers hand over, as it is at the moment of the call: they may change or reuse it at once.

import { GradlensError } from './errors.js';
import { isBytes, isObject } from './kinds.js';
import { srgbOf } from './srgb.js';
import type { Picture } from './types.js';

/** A picture of its own, in sRGB. */
export function pictureNow(picture: Picture): Picture {
  const { data, width, height } = picture;
  const colorSpace = 'colorSpace' in picture ? picture.colorSpace : 'srgb';
  const own = new Uint8ClampedArray(data);
  return { data: colorSpace === 'display-p3' ? srgbOf(own) : own, width, height };
}

/**
 * Plain data copied through and through, also out of a framework's proxies.
 *
 * @throws GradlensError `invalid-argument` for what is no data, such as functions
 */
export function now<T>(value: T, name = 'an option'): T {
  return copied(value, name, 0) as T;
}

/** Deeper is no option of this package: what refers to itself has no end. */
const DEEPEST = 8;

function copied(value: unknown, name: string, depth: number): unknown {
  if (!isObject(value)) {
    if (typeof value !== 'function' && typeof value !== 'symbol') return value;
    throw new GradlensError('invalid-argument', `${name} is a ${typeof value}; options are plain data`);
  }
  if (depth > DEEPEST) throw new GradlensError('invalid-argument', `${name} is nested too deeply; options are plain data`);
  if (isBytes(value)) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map((item) => copied(item, name, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copied(item, key, depth + 1)]));
}
