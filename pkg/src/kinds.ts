// What values are, by what they are called and not by who made them: frames, jsdom and Node's contexts have classes of
// their own, and so has a second copy of this package. A proxy of what belongs to the platform is none of these: the
// platform refuses it.

import type { Drawable } from './types.js';

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Whether a value is an object that is no more than its fields, such as a literal. */
export function isPlain(value: unknown): value is object {
  return isCalled(value, 'Object');
}

export function isBlob(value: unknown): value is Blob {
  return isCalled(value, 'Blob', 'File') && has(value, 'size');
}

export function isResponse(value: unknown): value is Response {
  return isCalled(value, 'Response') && has(value, 'ok');
}

export function isUrl(value: unknown): value is URL {
  return isCalled(value, 'URL') && has(value, 'href');
}

export function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return isCalled(value, 'ArrayBuffer') && has(value, 'byteLength');
}

export function isModule(value: unknown): value is WebAssembly.Module {
  return isCalled(value, 'WebAssembly.Module');
}

/** Whether a value holds bytes one after the other, as Node's Buffer does, too. */
export function isBytes(value: unknown): value is Uint8Array | Uint8ClampedArray {
  return ArrayBuffer.isView(value) && isCalled(value, 'Uint8Array', 'Uint8ClampedArray');
}

export function isFloats(value: unknown): value is Float32Array {
  return ArrayBuffer.isView(value) && isCalled(value, 'Float32Array');
}

/** Whether a value is a typed array of numbers. */
export function isNumbers(value: unknown): value is ArrayLike<number> {
  return ArrayBuffer.isView(value) && 'length' in value;
}

/** Whether a canvas can draw it. */
export function isDrawable(value: unknown): value is Drawable {
  const names = ['HTMLImageElement', 'HTMLCanvasElement', 'OffscreenCanvas', 'HTMLVideoElement', 'VideoFrame', 'ImageBitmap'];
  return isCalled(value, ...names);
}

export function isSignal(value: unknown): value is AbortSignal {
  return isObject(value) && has(value, 'aborted') && has(value, 'addEventListener');
}

function isCalled(value: unknown, ...names: readonly string[]): value is object {
  return isObject(value) && names.includes(Object.prototype.toString.call(value).slice('[object '.length, -1));
}

/** Whether an object has a field that can be read: the platform's own cannot through a proxy. */
function has(value: object, key: string): boolean {
  try {
    return value[key as keyof object] !== undefined;
  } catch {
    return false;
  }
}
