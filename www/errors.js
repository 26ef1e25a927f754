// @ts-check
import { words } from './words.js';

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
  const message = error instanceof Error && error.message ? error.message : String(error);
  const whole = message.charAt(0).toUpperCase() + message.slice(1) + (/[.!?]$/.test(message) ? '' : '.');
  return words.errors.said(codeOf(error), whole);
}
