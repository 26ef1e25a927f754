import { aborted } from './errors.js';
import type { Signal } from './types.js';

/** A result, or the failure of what has a signal that comes first. */
export async function unlessAborted<T>(result: Promise<T>, what: 'loading' | 'call', signal: Signal): Promise<T> {
  if (!signal) return result;
  let onAbort: () => void = () => undefined;
  const aborting = new Promise<never>((_, reject) => {
    onAbort = () => reject(aborted(what, signal));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([aborting, result]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
