import { proxy, transfer } from 'comlink';
import type { Answer, Engine, EngineOptions, Info, LoadEngine, ModelFiles, Question, Questions } from './engine.js';
import { aborted, disposed } from './errors.js';
import { isArrayBuffer, isBytes } from './kinds.js';
import { Link } from './link.js';
import type { OverlayOptions } from './overlay.js';
import type { Pixels } from './pixels.js';
import type { Outcome, Service } from './service.js';
import type { PlacedMap } from './smooth-map.js';
import { type PackagedWorker, startWorker } from './start-worker.js';
import type { CallOptions, SaidContract, Signal } from './types.js';

/** Starts a worker and loads the network into it; where it ends unasked, the next call does so again. */
export function inWorker(packaged: PackagedWorker): LoadEngine {
  return async (options) => {
    const { signal, onProgress, ...lasting } = options;
    return new WorkerEngine(lasting, packaged, await connect(options, packaged));
  };
}

interface Connection {
  readonly link: Link;
  readonly info: Info;
}

/** A worker that the network is loaded into. */
async function connect(options: EngineOptions, packaged: PackagedWorker): Promise<Connection> {
  const { onProgress, signal, workerUrl, ...sendable } = options;
  if (signal?.aborted) throw aborted('loading', signal);
  const link = new Link(startWorker(workerUrl, packaged));
  const onAbort = () => link.end(aborted('loading', signal));
  signal?.addEventListener('abort', onAbort);
  try {
    await link.open();
    const info = await told(onProgress, (report) =>
      link.call((service) => service.load(transfer(sendable, movable(options)), report)),
    );
    return { link, info };
  } catch (error) {
    link.end(aborted('loading', signal));
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** The network in a worker. It refers to nothing that listens, so that nobody's explainer is held by its worker. */
class WorkerEngine implements Engine {
  info: Info;
  #options: EngineOptions;
  readonly #packaged: PackagedWorker;
  #link: Link;
  #disposed = false;

  constructor(options: EngineOptions, packaged: PackagedWorker, { link, info }: Connection) {
    this.#options = options;
    this.#packaged = packaged;
    this.#link = link;
    this.info = info;
  }

  ask<Q extends Question>({ signal, onProgress }: CallOptions, question: Q, ...about: Parameters<Questions[Q]>) {
    return told(onProgress, (report) =>
      this.#call(
        // A proxy's type forgets what each question is answered with.
        (service, id) => service.ask(id, report, question, about) as Promise<Outcome<Answer<Q>>>,
        signal,
      ),
    );
  }

  threads(): Promise<number> {
    return this.#call((service) => service.threads());
  }

  async setContract(given: SaidContract): Promise<void> {
    this.info = await this.#call((service) => service.setContract(given));
    const { labels, ...contract } = given;
    this.#options = { ...this.#options, labels, contract };
  }

  modelHash(): Promise<string | null> {
    return this.#call((service) => service.modelHash());
  }

  files(): Promise<ModelFiles> {
    return this.#call((service) => service.files());
  }

  paint(map: PlacedMap, options: OverlayOptions): Promise<Pixels> {
    // Not worth another worker.
    return this.#link.call((service) => service.paint(map, options));
  }

  dispose(): void {
    this.#disposed = true;
    this.#link.end(disposed());
  }

  /** Sends to the worker, or to another one if it ended unasked. */
  async #call<T>(send: (service: Service, id: number | null) => Promise<Outcome<T>>, signal?: Signal): Promise<T> {
    // Bytes that moved are gone with the worker.
    if (this.#link.hasEnded && !this.#disposed && movable(this.#options).length === 0) {
      const { link } = await connect({ ...this.#options, signal }, this.#packaged);
      this.#link = link;
      if (this.#disposed) link.end(disposed());
    }
    return this.#link.call(send, signal);
  }
}

/** A call with a listener that a worker can reach while it runs, and that is let go afterwards. */
async function told<T, P>(
  listener: ((progress: P) => void) | undefined,
  call: (report: ((progress: P) => void) | undefined) => Promise<T>,
): Promise<T> {
  let current = listener;
  try {
    return await call(listener && proxy((progress: P) => current?.(progress)));
  } finally {
    current = undefined;
  }
}

/** The model's bytes that need not be copied: on the CPU alone no other engine follows, which would need them again. */
function movable({ backend, model, externalData = {} }: EngineOptions): ArrayBuffer[] {
  if (backend !== 'cpu') return [];
  const buffers = [model, ...Object.values(externalData)].map((file) => isBytes(file) && file.buffer);
  return [...new Set(buffers)].filter(isArrayBuffer);
}
