import { type Adapter, probeAdapter } from './adapter.js';
import { checkContract, checkLabels } from './checks.js';
import { CoreEngine } from './core-engine.js';
import type { Engine, EngineOptions, Info } from './engine.js';
import { GradlensError, aborted, listed, shown, toGradlensError } from './errors.js';
import { Host } from './host.js';
import { type LoadedModel, loadModel } from './model.js';
import type { Packaged } from './packaged.js';
import { loadRuntime } from './runtime.js';
import type { Team } from './team.js';
import { type Progress, backends } from './types.js';
import type { Core, CoreOptions } from './wasm/core.js';

/**
 * Loads the network into this thread, from what is given or packaged. The CPU's work is done by so many threads, with those
 * that `ThisTeam` starts.
 */
export async function loadEngine(
  options: EngineOptions,
  packaged: Packaged,
  threads = 1,
  ThisTeam?: typeof Team,
): Promise<Engine> {
  const { backend = 'auto', labels, contract, read, signal } = options;
  if (!backends.includes(backend)) {
    throw new GradlensError('unknown-backend', `there is no backend "${shown(backend)}"; the backends are ${listed(backends)}`);
  }
  checkLabels(labels);
  checkContract(contract);
  const report = (phase: Progress['phase']) => (loaded: number, total: number | null) =>
    options.onProgress?.({ phase, loaded, total });
  if (signal?.aborted) throw aborted('loading', signal);

  const loading = loadModel(options, packaged, report('model'));
  // Its failure is seen where it is awaited, which may be later than it happens.
  loading.catch(() => undefined);

  if (backend === 'webgpu') {
    const adapter = await probeAdapter();
    if (adapter.kind === 'none' || adapter.kind === 'late') throw new GradlensError('webgpu-unavailable', adapter.problem);
  }
  // What `auto` finds out of the adapter, the CPU need not wait for.
  const probing = backend === 'auto' ? probeFor(options, packaged) : null;
  const first = backend === 'auto' ? 'cpu' : backend;

  const { core: runtime, module, memory } = await loadRuntime(first, options, packaged, report('runtime'), { threads });
  let model = await loading;
  report('check')(0, null);
  const host = new Host();
  const team = memory && ThisTeam ? new ThisTeam(runtime, module, memory, threads) : null;
  const coreOptions: CoreOptions = {
    backend: first,
    externalData: model.externalData,
    read,
    given: { ...contract, labels },
  };
  const start = () => whole(model, host.orPanic(runtime.loadCore(model.bytes, coreOptions, host.onPanic, host.onStage)));
  const core = await start().catch(async (error) => {
    const fresh = toGradlensError(error).code === 'invalid-model' ? await model.refetch() : null;
    if (!fresh) throw error;
    model = fresh;
    return start();
  });
  if (signal?.aborted) {
    core.free();
    team?.end();
    throw aborted('loading', signal);
  }
  // Nobody waits for it: the next load is what it is for.
  void model.keep();
  return new CoreEngine(core, host, model, team, { backend: first, module, ...standingBeside(await probing) });
}

/** The adapter that `auto` may go over to, if an entry has the module for it. */
async function probeFor({ wasm }: EngineOptions, { entry, modules, glue }: Packaged): Promise<Adapter> {
  if (glue.webgpu && (wasm?.webgpu ?? modules.webgpu)) return probeAdapter();
  return { kind: 'none', problem: `"${entry}" brings no module for WebGPU along` };
}

/** The core of a model that proves to be whole meanwhile: that it is damaged says more than what the core makes of it. */
async function whole(model: LoadedModel, starting: Promise<Core>): Promise<Core> {
  const [core, check] = await Promise.allSettled([starting, model.check()]);
  if (core.status === 'rejected') throw check.status === 'rejected' ? check.reason : core.reason;
  if (check.status === 'fulfilled') return core.value;
  core.value.free();
  throw check.reason;
}

/**
 * How an engine stands to an adapter that may be used in its place, if any. A software adapter counts as
 * none: the CPU backend is several times faster than WebGPU emulated on the same CPU. One that may come yet is asked for
 * again when its turn is.
 */
function standingBeside(adapter: Adapter | null): Pick<Info, 'fallbackReason' | 'successor'> {
  if (adapter?.kind === 'real') return { fallbackReason: null, successor: 'webgpu' };
  return { fallbackReason: adapter?.problem ?? null, successor: adapter?.kind === 'late' ? 'webgpu' : null };
}
