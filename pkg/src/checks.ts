// Checks of arguments: each throws a GradlensError that says what was wrong and what would be right.

import { GradlensError, listed } from './errors.js';
import { type Box, type CallOptions, type Layer, type Picture, layers } from './types.js';

export function checkName(kind: 'method' | 'layer', name: string, known: readonly string[]): void {
  if (!known.includes(name)) {
    throw new GradlensError(`unknown-${kind}`, `there is no ${kind} "${name}"; the ${kind}s are ${listed(known)}`);
  }
}

/** Labels that stand in for the model's own; the core checks how many there are. */
export function checkLabels(labels: readonly string[] | undefined): void {
  if (labels === undefined) return;
  if (!Array.isArray(labels) || !labels.every((label) => typeof label === 'string')) {
    throw new GradlensError('invalid-argument', 'the labels are not an array of strings, one for each class');
  }
}

/** What every call's options have in common; a call without a map has no layer. */
export function checkOptions(options: CallOptions & { layer?: Layer }): void {
  if (typeof options !== 'object' || options === null) {
    throw new GradlensError('invalid-argument', `the options are ${String(options)}; they must be an object`);
  }
  if (options.layer !== undefined) checkName('layer', options.layer, layers);
}

export function checkCount(name: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new GradlensError('invalid-argument', `${name} is ${value}; it must be a whole number ${range}`);
}

export function checkShare(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) {
    throw new GradlensError('invalid-argument', `${name} is ${value}; it goes from 0 to 1`);
  }
}

export function checkThreshold(name: string, value: number): void {
  if (!(value > 0 && value <= 1)) {
    throw new GradlensError('invalid-argument', `${name} is ${value}; it must be above 0 and at most 1`);
  }
}

export function checkTruth(truth: Box | Uint8Array, { width, height }: Picture): void {
  if (truth instanceof Uint8Array) {
    if (truth.length === width * height) return;
    throw new GradlensError(
      'invalid-argument',
      `the mask has ${truth.length} values; a mask of this picture has ${width} x ${height} = ${width * height}`,
    );
  }
  const { x, y, width: w, height: h } = truth ?? {};
  if (!([x, y, w, h].every(Number.isFinite) && w > 0 && h > 0 && x < width && y < height && x + w > 0 && y + h > 0)) {
    throw new GradlensError(
      'invalid-argument',
      'truth is neither a mask nor a box { x, y, width, height } in pixels that covers a part of the picture',
    );
  }
}

/** What the core cannot see: that the thing has the shape of an ImageData. The core checks the rest. */
export function checkPicture(picture: unknown): asserts picture is Picture {
  const { data, width, height } = (picture ?? {}) as Partial<Picture>;
  if (!(data instanceof Uint8ClampedArray) || !isSize(width) || !isSize(height)) {
    throw new GradlensError(
      'invalid-image',
      'the picture is not an ImageData with 8 bits a channel; get one from a canvas with getImageData',
    );
  }
}

function isSize(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
