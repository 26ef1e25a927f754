/**
 * Why `auto` should not take WebGPU, or null if it should. A software adapter counts as none: the
 * CPU backend is some thirty times faster than WebGPU emulated on the same CPU.
 */
export async function reasonAgainstWebgpu(): Promise<string | null> {
  const gpu = (navigator as Navigator & { gpu?: Gpu }).gpu;
  if (!gpu) return 'this browser has no WebGPU';
  try {
    const adapter = await gpu.requestAdapter();
    if (!adapter) return 'WebGPU has no adapter on this machine';
    return adapter.info?.isFallbackAdapter ? 'the only WebGPU adapter is a software one, slower than the CPU backend' : null;
  } catch (error) {
    return `WebGPU has no adapter: ${String(error)}`;
  }
}

/** The part of the WebGPU interface that is used here; TypeScript's own library does not have it. */
interface Gpu {
  requestAdapter(): Promise<{ info?: { isFallbackAdapter?: boolean } } | null>;
}
