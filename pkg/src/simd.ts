// What a browser's WebAssembly can do with vectors.

/** The smallest module that holds a SIMD instruction. */
const simdModule = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
);

/** One that holds an instruction of relaxed SIMD. */
const relaxedModule = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253,
  128, 2, 11,
);

/** Whether there are vectors, without which the core does not run. */
export function hasSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(simdModule);
}

/** Whether one instruction multiplies and adds. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(relaxedModule);
}
