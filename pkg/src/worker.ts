/**
 * The worker's side: holds the network and answers the page. Failures travel as plain data, since
 * an error's own fields do not survive a message.
 *
 * @module
 */
import { expose } from 'comlink';
import { Assistant, mayShare } from './assistant.js';
import type { Engine } from './engine.js';
import { GradlensError, toGradlensError } from './errors.js';
import { holdLifeline } from './lifeline.js';
import { loadEngine } from './load-engine.js';
import { Partner } from './partner.js';
import { loadRuntime } from './runtime.js';
import type { Outcome, Service } from './service.js';
import type { Assistant as CoreAssistant } from './wasm/core.js';

let engine: Engine | undefined;
/** The half of the network of the worker that this one assists. */
let half: { readonly assistant: CoreAssistant; readonly partner: Partner } | undefined;

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

const service: Service = {
  hold: holdLifeline,
  load: (options, onProgress) =>
    outcome(async () => {
      engine = await loadEngine({ ...options, onProgress }, mayShare() ? Assistant.start : undefined);
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
  files: () => outcome(() => loaded().files()),
  equip: async (module, model, options, memory) => {
    const { core } = await loadRuntime('cpu', { wasm: { cpu: module } }, () => undefined);
    half = { assistant: await core.loadAssistant(model, options), partner: new Partner(memory, 1) };
  },
  conform: async (given) => orLeave(({ assistant }) => assistant.setContract(given)),
  assist: async (...about) => orLeave(({ assistant, partner }) => assistant.assist(partner, ...about)),
};

/** Does what the other worker asks for, which goes on alone where that fails. */
function orLeave(task: (of: NonNullable<typeof half>) => void): void {
  if (!half) return;
  try {
    task(half);
  } catch (error) {
    half.partner.leave();
    throw error;
  }
}

// As a failure of this worker the page learns of it, and waits no more.
addEventListener('messageerror', () => {
  throw new Error('a message cannot be read; there may be no memory for it');
});

expose(service);
