// @ts-check

/**
 * The stable name of what went wrong, '' where it is no GradlensError.
 * @param {unknown} error
 * @returns {string}
 */
export function codeOf(error) {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/**
 * What to tell the visitor. The package's messages are made for logs: they begin small and end open.
 * @param {unknown} error
 * @returns {string}
 */
export function sentence(error) {
  if (codeOf(error) === 'simd-unsupported') {
    return 'This browser has no WebAssembly SIMD, and the network needs it. '
      + 'Chrome and Edge have it since version 91, Firefox since 89, Safari since 16.4.';
  }
  const message = error instanceof Error && error.message ? error.message : String(error);
  return message.charAt(0).toUpperCase() + message.slice(1) + (/[.!?]$/.test(message) ? '' : '.');
}
