/**
 * What WebGPU adapter this machine has, and, unless it is a real one, what is wrong with that. One that is `late` may come
 * yet: the browser names none, or does not answer, as while it starts.
 */
export type Adapter = { kind: 'real' } | { kind: 'software' | 'late' | 'none'; problem: string };

/** Milliseconds for which an answer is waited for. */
const PATIENCE = 3000;

/** How drivers that compute on the CPU call themselves, where the browser does not say that they do. */
const SOFTWARE = /llvmpipe|lavapipe|softpipe|swiftshader|basic render/i;

/** Asks the browser for an adapter. */
export async function probeAdapter(): Promise<Adapter> {
  const gpu = (globalThis.navigator as (Navigator & { gpu?: Gpu }) | undefined)?.gpu;
  if (!gpu) return { kind: 'none', problem: 'this browser has no WebGPU' };
  try {
    const adapter = await orSilent(gpu.requestAdapter());
    if (adapter === SILENT) return { kind: 'late', problem: 'the browser does not answer what WebGPU adapter there is' };
    if (!adapter) return { kind: 'late', problem: 'WebGPU has no adapter on this machine' };
    if (!isSoftware(adapter)) return { kind: 'real' };
    return { kind: 'software', problem: 'the only WebGPU adapter is a software one, slower than the CPU backend' };
  } catch (error) {
    return { kind: 'none', problem: `WebGPU has no adapter on this machine: ${String(error)}` };
  }
}

const SILENT = 'silent';

/** An answer, if one comes in time. */
async function orSilent<T>(answer: Promise<T>): Promise<T | typeof SILENT> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<typeof SILENT>((resolve) => (timer = setTimeout(resolve, PATIENCE, SILENT)));
  return Promise.race([answer, silence]).finally(() => clearTimeout(timer));
}

function isSoftware({ info, isFallbackAdapter }: GpuAdapter): boolean {
  const { vendor, architecture, device, description } = info ?? {};
  // Chromium had the flag at the adapter before version 140.
  return Boolean(info?.isFallbackAdapter ?? isFallbackAdapter) || SOFTWARE.test([vendor, architecture, device, description].join(' '));
}

/** The part of the WebGPU interface that is used here; TypeScript's own library does not have it. */
interface Gpu {
  requestAdapter(): Promise<GpuAdapter | null>;
}

interface GpuAdapter {
  readonly isFallbackAdapter?: boolean;
  readonly info?: {
    readonly isFallbackAdapter?: boolean;
    readonly vendor?: string;
    readonly architecture?: string;
    readonly device?: string;
    readonly description?: string;
  };
}
