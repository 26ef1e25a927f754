import { isObject } from './kinds.js';
import type { Signal } from './types.js';

/** What went wrong, as a name that stays the same while messages get better. */
export type ErrorCode =
  | 'invalid-image'
  | 'image-too-large'
  | 'canvas-unreadable'
  | 'invalid-class'
  | 'unknown-method'
  | 'unknown-layer'
  | 'invalid-layer'
  | 'invalid-target'
  | 'invalid-contract'
  | 'unknown-backend'
  | 'unknown-colormap'
  | 'method-needs-head'
  | 'method-undefined'
  | 'invalid-input-size'
  | 'invalid-argument'
  | 'model-unavailable'
  | 'invalid-files'
  | 'invalid-model'
  | 'missing-data'
  | 'unsupported-model'
  | 'runtime-unavailable'
  | 'wasm-disabled'
  | 'simd-unsupported'
  | 'webgpu-unavailable'
  | 'device-error'
  | 'not-finite'
  | 'out-of-memory'
  | 'aborted'
  | 'disposed'
  | 'internal';

/**
 * The one error class of this package. Its message says what was wrong and what would be right;
 * {@link code} tells the failures apart.
 */
export class GradlensError extends Error {
  /** Tells it from other errors, also where there are two copies of this package; an abort is called as everywhere. */
  override readonly name: 'GradlensError' | 'AbortError';

  /** Made by this package; callers catch it. */
  constructor(
    /** What went wrong, by a name that stays. */
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = code === 'aborted' ? 'AbortError' : 'GradlensError';
  }
}

/** The failure of what its signal ended, for the signal's reason. */
export function aborted(what: 'loading' | 'call', signal?: Signal): GradlensError {
  return new GradlensError('aborted', `the ${what} was aborted`, signal?.aborted ? { cause: signal.reason } : {});
}

/** The failure of a call to an explainer that is no more. */
export function disposed(): GradlensError {
  return new GradlensError('disposed', 'this explainer was disposed; load a new one');
}

/** A failure as plain data, for the way from a worker to the page. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
}

/** Takes whatever was thrown for a GradlensError. */
export function toGradlensError(thrown: unknown): GradlensError {
  if (thrown instanceof GradlensError) return thrown;
  const message = shown(isObject(thrown) && 'message' in thrown ? thrown.message : thrown);
  return new GradlensError(codeOf(thrown), message, { cause: thrown });
}

/** The core throws plain errors that carry a code of this table. */
function codeOf(thrown: unknown): ErrorCode {
  if (!isObject(thrown)) return 'internal';
  if ('name' in thrown && thrown.name === 'AbortError') return 'aborted';
  return 'code' in thrown && typeof thrown.code === 'string' ? (thrown.code as ErrorCode) : 'internal';
}

/** A value in a message: not every object has a text. */
export function shown(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/** `"a", "b", "c"`, for messages that list what is right. */
export function listed(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
