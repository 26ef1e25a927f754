import { GradlensError, aborted } from './errors.js';

/** What the WebAssembly core is told of the world around it, and tells it. */
export class Host {
  /** Ends the call that runs. */
  signal: AbortSignal | undefined;

  #fail: (error: GradlensError) => void = () => undefined;
  readonly #panicked = new Promise<never>((_, reject) => {
    this.#fail = reject;
  });

  constructor() {
    // Raced later, or never.
    this.#panicked.catch(() => undefined);
  }

  /** Called by the core when it panics: the promises that it owes then never settle. */
  readonly onPanic = (message: string): void => {
    this.#fail(new GradlensError('internal', `the WebAssembly core failed and has to be loaded again: ${message}`));
  };

  /** Awaited by the core between the stages of a call, which ends where this throws. */
  readonly onStage = async (): Promise<void> => {
    if (!this.signal) return;
    // A task of its own: an abort may have come by message while the core computed.
    await new Promise((resolve) => setTimeout(resolve));
    if (this.signal.aborted) throw aborted('call');
  };

  /** What the core answers, or its panic. */
  orPanic<T>(answer: Promise<T>): Promise<T> {
    return Promise.race([answer, this.#panicked]);
  }
}
