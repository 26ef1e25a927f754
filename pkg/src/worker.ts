/**
 * The worker's side: holds the network and answers the page. Failures travel as plain data, since
 * an error's own fields do not survive a message.
 *
 * @module
 */
import { expose } from 'comlink';
import { loadEngine } from './engine.js';
import { type Failure, GradlensError, toGradlensError } from './errors.js';
import type { Engine, LoadOptions, Progress } from './types.js';

/** What came of a call. */
export type Outcome<T> = { readonly value: T } | { readonly failure: Failure };

let engine: Engine | undefined;

async function outcome<T>(task: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await task() };
  } catch (error) {
    const { code, message } = toGradlensError(error);
    return { failure: { code, message } };
  }
}

function loaded(): Engine {
  if (!engine) throw new GradlensError('internal', 'the worker was asked before it was loaded');
  return engine;
}

const service = {
  load: (options: Pick<LoadOptions, 'backend' | 'modelUrl' | 'model'>, onProgress: (progress: Progress) => void) =>
    outcome(async () => {
      engine = await loadEngine({ ...options, onProgress });
      return engine.info;
    }),
  classify: (...args: Parameters<Engine['classify']>) => outcome(() => loaded().classify(...args)),
  explainMany: (...args: Parameters<Engine['explainMany']>) => outcome(() => loaded().explainMany(...args)),
  explainObjects: (...args: Parameters<Engine['explainObjects']>) =>
    outcome(() => loaded().explainObjects(...args)),
  faithfulness: (...args: Parameters<Engine['faithfulness']>) => outcome(() => loaded().faithfulness(...args)),
};

/** The worker as the page sees it. */
export type Service = typeof service;

expose(service);
