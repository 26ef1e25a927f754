// The worker's side: holds the network and answers the page. Failures travel as plain data, since
// an error's own fields do not survive a message.

import { expose, transfer } from 'comlink';
import type { Engine } from './engine.js';
import { GradlensError, toGradlensError } from './errors.js';
import { holdLifeline } from './lifeline.js';
import { loadEngine } from './load-engine.js';
import { paintOverlay } from './overlay.js';
import type { Packaged } from './packaged.js';
import { loadRuntime } from './runtime.js';
import type { Outcome, Service } from './service.js';
import { Team, threadsHere } from './team.js';

let engine: Engine | undefined;

/** The calls that can be aborted, by their number. */
const running = new Map<number, AbortController>();

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

const serviceOf = (packaged: Packaged): Service => ({
  hold: holdLifeline,
  load: (options, onProgress) =>
    outcome(async () => {
      engine = await loadEngine({ ...options, onProgress }, packaged, threadsHere(), Team);
      return engine.info;
    }),
  ask: async (id, onProgress, question, about) => {
    if (id === null) return outcome(() => loaded().ask({ onProgress }, question, ...about));
    const stop = new AbortController();
    running.set(id, stop);
    try {
      return await outcome(() => loaded().ask({ signal: stop.signal, onProgress }, question, ...about));
    } finally {
      running.delete(id);
    }
  },
  abort: async (id) => running.get(id)?.abort(),
  setContract: (given) =>
    outcome(async () => {
      await loaded().setContract(given);
      return loaded().info;
    }),
  modelHash: () => outcome(() => loaded().modelHash()),
  threads: () => outcome(() => loaded().threads()),
  files: () => outcome(() => loaded().files()),
  paint: async (map, options) => {
    const painted = await outcome(async () => paintOverlay(map, options));
    return 'value' in painted ? transfer(painted, [painted.value.data.buffer]) : painted;
  },
  help: async (module, memory) => {
    const { core } = await loadRuntime('cpu', { wasm: { cpu: module } }, packaged, () => undefined, { memory });
    try {
      core.helpTeam();
    } catch {
      core.abandonTeam();
    }
  },
});

/** Answers the page from what is packaged with this worker. */
export function serve(packaged: Packaged): void {
  // As a failure of this worker the page learns of it, and waits no more.
  addEventListener('messageerror', () => {
    throw new Error('a message cannot be read; there may be no memory for it');
  });
  expose(serviceOf(packaged));
}
