/** What WebGPU adapter this machine has, and, unless it is a real one, what is wrong with that. */
export type Adapter = { kind: 'real' } | { kind: 'software' | 'none'; problem: string };

/** Asks the browser for an adapter. */
export async function probeAdapter(): Promise<Adapter> {
  const gpu = (globalThis.navigator as (Navigator & { gpu?: Gpu }) | undefined)?.gpu;
  if (!gpu) return { kind: 'none', problem: 'this browser has no WebGPU' };
  try {
    const adapter = await gpu.requestAdapter();
    if (!adapter) return { kind: 'none', problem: 'WebGPU has no adapter on this machine' };
    if (!adapter.info?.isFallbackAdapter) return { kind: 'real' };
    return { kind: 'software', problem: 'the only WebGPU adapter is a software one, slower than the CPU backend' };
  } catch (error) {
    return { kind: 'none', problem: `WebGPU has no adapter on this machine: ${String(error)}` };
  }
}

/** The part of the WebGPU interface that is used here; TypeScript's own library does not have it. */
interface Gpu {
  requestAdapter(): Promise<{ info?: { isFallbackAdapter?: boolean } } | null>;
}
