import { type Remote, wrap } from 'comlink';
import { GradlensError } from './errors.js';
import { watchLifeline } from './lifeline.js';
import type { Outcome, Service } from './service.js';
import type { Signal } from './types.js';

/** A worker and what is owed by it: every open call fails when it ends, whatever ends it. */
export class Link {
  readonly #worker: Worker;
  readonly #service: Remote<Service>;
  readonly #ended: Promise<never>;
  #fail: (error: GradlensError) => void = () => undefined;
  #calls = 0;

  constructor(worker: Worker) {
    this.#worker = worker;
    this.#service = wrap<Service>(worker);
    this.#ended = new Promise((_, reject) => {
      this.#fail = reject;
    });
    // Raced by calls, of which there may be none.
    this.#ended.catch(() => undefined);
    worker.addEventListener('error', (event) => {
      const reason = event.message || 'its script cannot be loaded; workerUrl can say where it is';
      this.end(new GradlensError('runtime-unavailable', `the worker failed: ${reason}`));
    });
  }

  /** Waits for the worker to run, and notices from then on when it runs no more. */
  async open(): Promise<void> {
    const lifeline = `gradlens ${Math.random()}`;
    const isHeld = await Promise.race([this.#service.hold(lifeline), this.#ended]);
    if (!isHeld) return;
    watchLifeline(lifeline, () =>
      this.end(new GradlensError('runtime-unavailable', 'the worker was ended from outside; load a new explainer')),
    );
  }

  /** Sends a call with a number of its own, by which its signal ends it in the worker too. */
  async call<T>(
    send: (service: Remote<Service>, id: number | null) => Promise<Outcome<T>>,
    signal?: Signal,
  ): Promise<T> {
    const id = signal ? this.#calls++ : null;
    const onAbort = () => void this.#service.abort(id!);
    signal?.addEventListener('abort', onAbort);
    try {
      const outcome = await Promise.race([send(this.#service, id), this.#ended]);
      if ('failure' in outcome) throw new GradlensError(outcome.failure.code, outcome.failure.message);
      return outcome.value;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Ends the worker; what it still owes fails with this error. */
  end(error: GradlensError): void {
    this.#fail(error);
    this.#worker.terminate();
  }
}
