// The weights of a TensorFlow.js model: `weightsManifest` of its model.json, and the files that it names.

import { GradlensError } from '../errors.js';
import { isObject } from '../kinds.js';

/** Numbers of a layer. */
export interface Weight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

interface Entry {
  name: string;
  shape: number[];
  dtype: string;
  quantization?: { dtype: string; scale?: number; min?: number };
}

/** How many bytes a stored number takes. */
const sizes: Readonly<Record<string, number>> = { float32: 4, float16: 2, uint16: 2, uint8: 1, int32: 4, bool: 1 };

/**
 * All weights by their names; `read` gives a file by its path.
 *
 * @throws GradlensError `invalid-model`; those of `read`
 */
export async function readWeights(
  manifest: unknown,
  read: (path: string) => Promise<Uint8Array<ArrayBuffer>>,
): Promise<Map<string, Weight>> {
  const weights = new Map<string, Weight>();
  if (!Array.isArray(manifest)) throw damaged('it has no weightsManifest');
  for (const { paths, weights: entries } of manifest as { paths: string[]; weights: Entry[] }[]) {
    if (!Array.isArray(paths) || !Array.isArray(entries)) throw damaged('its weightsManifest names no files');
    const files = await Promise.all(paths.map(read));
    // Tensors go on from one file to the next.
    const bytes = new Uint8Array(await new Blob(files).arrayBuffer());
    let offset = 0;
    for (const entry of entries) {
      const { name, shape, length } = checked(entry);
      if (offset + length > bytes.length) {
        throw damaged(`"${name}" ends at byte ${offset + length} of ${paths.join(', ')}, which has ${bytes.length}`);
      }
      weights.set(name, { shape, data: numbers(bytes.slice(offset, offset + length).buffer, entry) });
      offset += length;
    }
  }
  return weights;
}

function checked(entry: Entry): { name: string; shape: readonly number[]; length: number } {
  const { name, shape, dtype, quantization } = (isObject(entry) ? entry : {}) as Partial<Entry>;
  const size = sizes[quantization?.dtype ?? String(dtype)];
  const isShape = Array.isArray(shape) && shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0);
  if (typeof name !== 'string' || !isShape) throw damaged('a weight in it has no name or shape');
  if (size === undefined) throw damaged(`"${name}" holds ${String(quantization?.dtype ?? dtype)}`);
  return { name, shape, length: size * shape.reduce((product, extent) => product * extent, 1) };
}

/** The numbers that stored ones stand for: `stored * scale + min` where they are quantised. */
function numbers(bytes: ArrayBuffer, { dtype, quantization }: Entry): Float32Array {
  switch (quantization?.dtype ?? dtype) {
    case 'float32':
      return new Float32Array(bytes);
    case 'float16':
      return Float32Array.from(new Uint16Array(bytes), halfFloat);
    case 'int32':
      return Float32Array.from(new Int32Array(bytes));
  }
  const stored = (quantization?.dtype ?? dtype) === 'uint16' ? new Uint16Array(bytes) : new Uint8Array(bytes);
  const { scale = 1, min = 0 } = quantization ?? {};
  return Float32Array.from(stored, (value) => value * scale + min);
}

/** An IEEE 754 number of 16 bits. */
function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 31, (bits & 1023) / 1024];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15);
}

function damaged(reason: string): GradlensError {
  return new GradlensError('invalid-model', `the model.json or its weights are damaged: ${reason}`);
}
