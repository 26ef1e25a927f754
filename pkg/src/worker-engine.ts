import { proxy } from 'comlink';
import { aborted, disposed } from './errors.js';
import { Link } from './link.js';
import { startWorker } from './start-worker.js';
import type { Engine, EngineOptions, Progress } from './types.js';

/** Starts a worker and loads the network into it. */
export async function loadWorkerEngine(options: EngineOptions): Promise<Engine> {
  const { onProgress, signal, workerUrl, ...sendable } = options;
  if (signal?.aborted) throw aborted('loading');
  const link = new Link(startWorker(workerUrl));
  const onAbort = () => link.end(aborted('loading'));
  signal?.addEventListener('abort', onAbort);
  try {
    await link.open();
    const report = proxy((progress: Progress) => onProgress?.(progress));
    const info = await link.call((service) => service.load(sendable, report));
    return {
      info,
      classify: (picture, topK, signal) => link.call((service, id) => service.classify(id, picture, topK), signal),
      explainMany: (picture, classes, method, options, signal) =>
        link.call((service, id) => service.explainMany(id, picture, classes, method, options), signal),
      explainObjects: (picture, options, signal) =>
        link.call((service, id) => service.explainObjects(id, picture, options), signal),
      faithfulness: (picture, classIdx, methods, options, signal) =>
        link.call((service, id) => service.faithfulness(id, picture, classIdx, methods, options), signal),
      dispose: () => link.end(disposed()),
    };
  } catch (error) {
    link.end(aborted('loading'));
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}
