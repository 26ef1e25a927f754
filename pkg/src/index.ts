/**
 * What did the network look at? Class activation maps of photos, computed in a worker that this
 * package starts, on WebGPU or the CPU.
 *
 * @module
 */
import { proxy, wrap } from 'comlink';
import { explainWith } from './default-explainer.js';
import { GradlensError, aborted, disposed } from './errors.js';
import { Explainer } from './explainer.js';
import { resolveUrl } from './fetch.js';
import type { Engine, LoadOptions } from './types.js';
import type { Outcome, Service } from './worker.js';

export * from './common.js';

/** Starts a worker and loads the network into it. */
export async function load(options: LoadOptions = {}): Promise<Explainer> {
  const { onProgress, signal, modelUrl, model, backend } = options;
  if (signal?.aborted) throw aborted('loading');
  const link = new Link(new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }));
  const onAbort = () => link.end(aborted('loading'));
  signal?.addEventListener('abort', onAbort);
  try {
    const info = await link.call((service) =>
      service.load(
        {
          ...(backend !== undefined && { backend }),
          ...(model !== undefined && { model }),
          ...(modelUrl !== undefined && { modelUrl: resolveUrl(modelUrl).href }),
        },
        proxy((progress) => onProgress?.(progress)),
      ),
    );
    const engine: Engine = {
      info,
      classify: (...args) => link.call((service) => service.classify(...args)),
      explainMany: (...args) => link.call((service) => service.explainMany(...args)),
      explainObjects: (...args) => link.call((service) => service.explainObjects(...args)),
      faithfulness: (...args) => link.call((service) => service.faithfulness(...args)),
      dispose: () => link.end(disposed()),
    };
    return new Explainer(engine);
  } catch (error) {
    link.end(aborted('loading'));
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** The map of one class, from an explainer that is loaded at the first call. */
export const explain = explainWith(load);

/** A worker and what is owed by it: every open call fails when it ends, whatever ends it. */
class Link {
  readonly #worker: Worker;
  readonly #service;
  readonly #ended: Promise<never>;
  #fail: (error: GradlensError) => void = () => undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    this.#service = wrap<Service>(worker);
    this.#ended = new Promise((_, reject) => {
      this.#fail = reject;
    });
    // Raced by calls, of which there may be none.
    this.#ended.catch(() => undefined);
    worker.addEventListener('error', (event) => {
      this.end(new GradlensError('runtime-unavailable', `the worker failed: ${event.message || 'its script cannot be loaded'}`));
    });
  }

  async call<T>(send: (service: ReturnType<typeof wrap<Service>>) => Promise<Outcome<T>>): Promise<T> {
    const outcome = await Promise.race([send(this.#service), this.#ended]);
    if ('failure' in outcome) throw new GradlensError(outcome.failure.code, outcome.failure.message);
    return outcome.value;
  }

  end(error: GradlensError): void {
    this.#fail(error);
    this.#worker.terminate();
  }
}
