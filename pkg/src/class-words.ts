import type { Prediction } from './types.js';

/**
 * The class that people mean by its label, one of the names in it, a word, or its index: of those that fit the one that
 * comes first; undefined where none fits.
 */
export function meant<P extends Pick<Prediction, 'classIdx' | 'label'>>(predictions: readonly P[], wanted: string): P | undefined {
  if (/^\d+$/.test(wanted)) return predictions.find(({ classIdx }) => classIdx === Number(wanted));
  return predictions.find(({ label }) => words(label).includes(words(wanted)));
}

/** A text's words in small letters, with a space around each. */
function words(text: string): string {
  return ` ${text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word).join(' ')} `;
}
