import { GradlensError } from './errors.js';

/** What it says of a WebAssembly module that it does not start: there is no memory for it, or it is none that runs here. */
export function doesNotStart(name: string, cause: unknown): GradlensError {
  const reason = String(cause);
  if (/RangeError|out of memory/i.test(reason)) {
    return new GradlensError('out-of-memory', `there is no memory for the ${name}: ${reason}`, { cause });
  }
  return new GradlensError('runtime-unavailable', `the ${name} does not start: ${reason}`, { cause });
}
