import { GradlensError, aborted } from './errors.js';
import type { CallOptions, LayerInfo } from './types.js';

/** What the WebAssembly core is told of the world around it, and tells it. */
export class Host {
  /** The call that runs. */
  #call: CallOptions = {};
  #layers: readonly LayerInfo[] = [];

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

  /** Says what call runs next, in a network of these layers. */
  begin(call: CallOptions, layers: readonly LayerInfo[]): void {
    this.#call = call;
    this.#layers = layers;
  }

  /** Lets go of a call, and of what its functions refer to. */
  end(call: CallOptions): void {
    if (this.#call === call) this.#call = {};
  }

  /**
   * Awaited by the core between the stages of a call, which ends where this throws; during a run of the network with
   * the share that is done, and the index of the last layer.
   */
  readonly onStage = async (share?: number, layer?: number): Promise<void> => {
    const { signal, onProgress } = this.#call;
    if (share !== undefined) onProgress?.({ share, layer: this.#layers[layer ?? -1]?.name ?? null });
    if (!signal) return;
    // A task of its own: an abort may have come by message while the core computed.
    await otherTasks();
    if (signal.aborted) throw aborted('call', signal);
  };

  /** What the core answers, or its panic. */
  async orPanic<T>(answer: Promise<T>): Promise<T> {
    // Without memory the core traps and does not panic: nobody is told but this thread.
    const onError = (event: ErrorEvent) => {
      if (!(event.error instanceof WebAssembly.RuntimeError)) return;
      event.preventDefault();
      this.onPanic('there may be no memory for it');
    };
    globalThis.addEventListener?.('error', onError);
    try {
      return await Promise.race([answer, this.#panicked]);
    } finally {
      globalThis.removeEventListener?.('error', onError);
    }
  }
}

/** Lets this thread's other tasks run: by a message, since the timers of a hidden page wait for a second. */
function otherTasks(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      // Node would wait for more.
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
