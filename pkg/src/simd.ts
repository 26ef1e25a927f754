// What a browser's WebAssembly can do with vectors.

import { GradlensError } from './errors.js';

/** The smallest module that holds a SIMD instruction. */
const simdModule = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
);

/**
 * That there is WebAssembly with vectors, without which the core does not run.
 *
 * @throws GradlensError `wasm-disabled`, `simd-unsupported`
 */
export function checkWebAssembly(): void {
  if (typeof WebAssembly !== 'object') {
    throw new GradlensError(
      'wasm-disabled',
      'WebAssembly is switched off here, as by the Lockdown Mode of Apple\'s devices and by Tor Browser\'s level "Safest"; ' +
        'allow it for this site',
    );
  }
  if (WebAssembly.validate(simdModule)) return;
  throw new GradlensError(
    'simd-unsupported',
    'this browser has no WebAssembly SIMD; current versions of Chrome, Edge, Firefox and Safari (16.4 or later) do',
  );
}
