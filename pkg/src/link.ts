import { wrap } from 'comlink';
import { GradlensError } from './errors.js';
import { watchLifeline } from './lifeline.js';
import type { Outcome, Service } from './service.js';
import type { Signal } from './types.js';

/** A worker and what is owed by it: every open call fails when it ends, whatever ends it, and when an answer is lost. */
export class Link {
  readonly #worker: Worker;
  readonly #service: Service;
  #failed!: Promise<never>;
  #fail!: (error: GradlensError) => void;
  #calls = 0;
  #hasEnded = false;

  constructor(worker: Worker) {
    this.#worker = worker;
    this.#service = wrap<Service>(worker) as unknown as Service;
    this.#watch();
    worker.addEventListener('error', (event) => {
      const reason =
        event.message ||
        'its script cannot be loaded; workerUrl can say where it is, and to a page with Cross-Origin-Embedder-Policy the ' +
          'script has to be served with that header, too, to a sandboxed frame with Access-Control-Allow-Origin: *';
      this.end(new GradlensError('runtime-unavailable', `the worker failed: ${reason}`));
    });
    worker.addEventListener('messageerror', () => {
      this.#fail(new GradlensError('runtime-unavailable', "the worker's answer cannot be read; there may be no memory for it"));
      this.#watch();
    });
  }

  /** Whether the worker is no more. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Waits for the worker to run, and notices from then on when it runs no more. */
  async open(): Promise<void> {
    const lifeline = `gradlens ${Math.random()}`;
    const isHeld = await Promise.race([this.#service.hold(lifeline), this.#failed]);
    if (!isHeld) return;
    watchLifeline(lifeline, () =>
      this.end(new GradlensError('runtime-unavailable', 'the worker ended, from outside or for want of memory')),
    );
  }

  /** Sends a call with a number of its own, by which its signal ends it in the worker too. */
  async call<T>(
    send: (service: Service, id: number | null) => Promise<Outcome<T>>,
    signal?: Signal,
  ): Promise<T> {
    const id = signal ? this.#calls++ : null;
    const onAbort = () => void this.#service.abort(id!);
    signal?.addEventListener('abort', onAbort);
    try {
      const outcome = await Promise.race([send(this.#service, id), this.#failed]);
      if (!('failure' in outcome)) return outcome.value;
      const error = new GradlensError(outcome.failure.code, outcome.failure.message);
      // A core that panicked, for want of memory for one, answers no more.
      if (error.code === 'internal') this.end(error);
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Ends the worker; what it still owes fails with this error. */
  end(error: GradlensError): void {
    this.#hasEnded = true;
    this.#fail(error);
    this.#worker.terminate();
  }

  /** Makes the failure that calls from now on wait for. */
  #watch(): void {
    this.#failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    // Raced by calls, of which there may be none.
    this.#failed.catch(() => undefined);
  }
}
