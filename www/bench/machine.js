// @ts-check
/** @import { Backend } from '../gradlens/dist/index.js' */
import { words } from '../words.js';

/**
 * The part of the WebGPU interface that is used here; TypeScript's own library does not have it.
 * @typedef {{ vendor?: string, architecture?: string, device?: string, description?: string, isFallbackAdapter?: boolean }} AdapterInfo
 * @typedef {{ gpu?: { requestAdapter(): Promise<{ info?: AdapterInfo } | null> } }} WithGpu
 */

/**
 * What the measures were taken on.
 * @typedef {object} Machine
 * @property {readonly Backend[]} backends those that are worth measuring
 * @property {[name: string, value: string][]} description
 */

/**
 * @param {Backend | null} asked the only backend to measure; null for all, but for a software adapter
 * @returns {Promise<Machine>}
 */
export async function lookAtMachine(asked) {
  const info = await adapterInfo();
  const said = words.bench.machine;
  const adapter = [info?.vendor, info?.architecture, info?.device, info?.description].filter(Boolean).join(' ');
  const software = info?.isFallbackAdapter === true;
  /** @type {Backend[]} */
  const backends = info && !software ? ['cpu', 'webgpu'] : ['cpu'];
  return {
    backends: asked ? [asked] : backends,
    description: [
      [said.browser, navigator.userAgent],
      [said.cores, String(navigator.hardwareConcurrency)],
      [said.adapter, info ? (software ? said.software(adapter) : adapter || said.unnamed) : said.none],
    ],
  };
}

async function adapterInfo() {
  try {
    const adapter = await /** @type {WithGpu} */ (/** @type {unknown} */ (navigator)).gpu?.requestAdapter();
    return adapter ? (adapter.info ?? {}) : null;
  } catch {
    return null;
  }
}
