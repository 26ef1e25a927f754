// @ts-check

/**
 * An array as NumPy reads it with `numpy.load`: NPY format 1.0, float32, little-endian, row-major.
 * @param {readonly Float32Array<ArrayBuffer>[]} parts the values, one part after the other
 * @param {readonly number[]} shape
 * @returns {Blob}
 */
export function npy(parts, shape) {
  const sizes = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': ${sizes}, }`;
  // Ten bytes before it and a line break after it; the values start at a multiple of 64.
  const length = Math.ceil((10 + dictionary.length + 1) / 64) * 64 - 10;
  const start = new Uint8Array([0x93, ...bytes('NUMPY'), 1, 0, length & 255, length >> 8]);
  // Typed arrays hold the machine's own byte order, which is little-endian wherever WebAssembly runs fast.
  return new Blob([start, `${dictionary.padEnd(length - 1)}\n`, ...parts]);
}

/** @param {string} text in ASCII */
function bytes(text) {
  return Array.from(text, (letter) => letter.charCodeAt(0));
}
