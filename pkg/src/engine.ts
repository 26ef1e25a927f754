import { probeAdapter } from './adapter.js';
import { checkLabels } from './checks.js';
import { CoreEngine } from './core-engine.js';
import { GradlensError, aborted, listed, toGradlensError } from './errors.js';
import { Host } from './host.js';
import { loadModel } from './model.js';
import { loadRuntime } from './runtime.js';
import { type Backend, type Engine, type EngineOptions, type Progress, backends } from './types.js';

/** What may go wrong with WebGPU that the CPU backend does not share. */
const webgpuFailures: readonly string[] = ['webgpu-unavailable', 'device-error', 'runtime-unavailable', 'internal'];

/** Loads the network into this thread. */
export async function loadEngine(options: EngineOptions = {}): Promise<Engine> {
  const { backend = 'auto', labels, signal } = options;
  if (!backends.includes(backend)) {
    throw new GradlensError('unknown-backend', `there is no backend "${backend}"; the backends are ${listed(backends)}`);
  }
  checkLabels(labels);
  const report = (phase: Progress['phase']) => (loaded: number, total: number | null) =>
    options.onProgress?.({ phase, loaded, total });
  if (signal?.aborted) throw aborted('loading');

  const loading = loadModel(options, report('model'));
  // Its failure is seen where it is awaited, which may be later than it happens.
  loading.catch(() => undefined);

  const start = async (backend: Backend, fallbackReason: string | null): Promise<Engine> => {
    const runtime = await loadRuntime(backend, options, report('runtime'));
    let model = await loading;
    report('check')(0, null);
    const host = new Host();
    const loadCore = () => host.orPanic(runtime.loadCore(model.bytes, backend, labels, host.onPanic, host.onStage));
    const core = await loadCore().catch(async (error) => {
      const fresh = toGradlensError(error).code === 'invalid-model' ? await model.refetch() : null;
      if (!fresh) throw error;
      model = fresh;
      return loadCore();
    });
    if (signal?.aborted) {
      core.free();
      throw aborted('loading');
    }
    // Nobody waits for it: the next load is what it is for.
    void model.keep();
    return new CoreEngine(core, host, { backend, fallbackReason });
  };

  if (backend === 'cpu') return start('cpu', null);
  const adapter = await probeAdapter();
  if (backend === 'webgpu') {
    if (adapter.kind === 'none') throw new GradlensError('webgpu-unavailable', adapter.problem);
    return start('webgpu', null);
  }
  // A software adapter counts as none: the CPU backend is several times faster than WebGPU
  // emulated on the same CPU.
  if (adapter.kind !== 'real') return start('cpu', adapter.problem);
  try {
    return await start('webgpu', null);
  } catch (error) {
    const { code, message } = toGradlensError(error);
    if (!webgpuFailures.includes(code)) throw error;
    return start('cpu', message);
  }
}
