import { proxy, transfer } from 'comlink';
import type { Engine, EngineOptions, Info } from './engine.js';
import { aborted, disposed } from './errors.js';
import { Link } from './link.js';
import { startWorker } from './start-worker.js';
import type { Progress } from './types.js';

/** Starts a worker and loads the network into it; where it ends unasked, the next call does so again. */
export async function loadWorkerEngine(options: EngineOptions): Promise<Engine> {
  const first = await connect(options);
  let { link } = first;
  let isDisposed = false;
  const call: Link['call'] = async (send, signal) => {
    // Bytes that moved are gone with the worker.
    if (link.hasEnded && !isDisposed && movable(options).length === 0) {
      ({ link } = await connect({ ...options, signal, onProgress: undefined }));
      // Meanwhile, which ended the former one.
      if (isDisposed) link.end(disposed());
    }
    return link.call(send, signal);
  };
  return {
    info: first.info,
    ask: ({ signal, onProgress }, question, ...about) =>
      call((service, id) => service.ask(id, onProgress && proxy(onProgress), question, about), signal),
    modelHash: () => call((service) => service.modelHash()),
    dispose: () => {
      isDisposed = true;
      link.end(disposed());
    },
  };
}

/** A worker that the network is loaded into. */
async function connect(options: EngineOptions): Promise<{ link: Link; info: Info }> {
  const { onProgress, signal, workerUrl, ...sendable } = options;
  if (signal?.aborted) throw aborted('loading', signal);
  const link = new Link(startWorker(workerUrl));
  const onAbort = () => link.end(aborted('loading', signal));
  signal?.addEventListener('abort', onAbort);
  try {
    await link.open();
    const report = proxy((progress: Progress) => onProgress?.(progress));
    const info = await link.call((service) => service.load(transfer(sendable, movable(options)), report));
    return { link, info };
  } catch (error) {
    link.end(aborted('loading', signal));
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** The model's bytes that need not be copied: on the CPU alone no other engine follows, which would need them again. */
function movable({ backend, model, externalData = {} }: EngineOptions): ArrayBuffer[] {
  if (backend !== 'cpu') return [];
  const buffers = [model, ...Object.values(externalData)].map((file) => file instanceof Uint8Array && file.buffer);
  return [...new Set(buffers)].filter((buffer) => buffer instanceof ArrayBuffer);
}
