// The model file: the caller's own, or the one in this package, which is kept once it was fetched.

import type { EngineOptions } from './engine.js';
import { GradlensError } from './errors.js';
import { type OnBytes, type Purpose, bytesOf, inAll, packagedUrl } from './fetch.js';
import { sha256 } from './hash.js';

/** The SHA-256 of the model in this package, in hexadecimal digits. */
declare const __MODEL_SHA256__: string;

/** What a model is called in messages. */
export const modelPurpose: Purpose = { name: 'model', code: 'model-unavailable' };

/** The same of a file that keeps a model's weights. */
export const dataPurpose = (file: string): Purpose => ({ name: `model's data "${file}"`, code: 'model-unavailable' });

/** The same of a file beside a model. */
export const besidePurpose: Purpose = { name: 'file beside the model', code: 'model-unavailable' };

/** The address of the model that lies in this package. */
export function packagedModel(purpose = modelPurpose): URL {
  return packagedUrl(() => new URL('../model/efficientnet-lite0.onnx', import.meta.url), purpose);
}

const cacheName = 'gradlens';
/**
 * An address that only the cache knows: the same bytes are the same model, wherever they came from. Absolute, since a
 * worker that is started through a blob has no address that others could be relative to.
 */
const cacheKey = () => new URL(`/gradlens/model/${__MODEL_SHA256__}`, origin);

/**
 * Whether the model of this package is kept in the browser's Cache API, so that `load` needs no
 * network for it. `false` as well where storage is denied.
 */
export async function isCached(): Promise<boolean> {
  return (await cached()) !== undefined;
}

/** Forgets the model that is kept, of this and of every other version of this package. */
export async function clearCache(): Promise<void> {
  await quietly(() => caches.delete(cacheName));
}

/** A model's bytes, and what to do with them once they proved to be whole, or damaged. */
export interface LoadedModel {
  readonly bytes: Uint8Array;
  /** The files that it keeps its weights in. */
  readonly externalData?: readonly (readonly [name: string, bytes: Uint8Array])[];
  /** @throws GradlensError `invalid-model` if the bytes are not those that they must be */
  check(): Promise<void>;
  /** Keeps the bytes for the next load. */
  keep(): Promise<void>;
  /** Forgets bytes that were kept, and fetches them anew; `null` if they were not kept ones. */
  refetch(): Promise<LoadedModel | null>;
}

/**
 * Loads the model that the options ask for.
 *
 * @throws GradlensError `model-unavailable`, `aborted`
 */
export async function loadModel(
  { model, externalData = {}, cache = true, signal }: EngineOptions,
  onBytes: OnBytes,
): Promise<LoadedModel> {
  if (model !== undefined) {
    const names = Object.keys(externalData);
    const [ofModel, ...ofData] = inAll(1 + names.length, onBytes);
    const [bytes, ...data] = await Promise.all([
      bytesOf(model, modelPurpose, ofModel, signal),
      ...names.map((name, at) => bytesOf(externalData[name]!, dataPurpose(name), ofData[at], signal)),
    ]);
    return { ...foreign(bytes), externalData: names.map((name, at) => [name, data[at]!]) };
  }
  const fetched = async () => {
    const bytes = await bytesOf(packagedModel(), modelPurpose, onBytes, signal);
    return cache ? { ...own(bytes), keep: () => keep(bytes) } : own(bytes);
  };
  const found = cache ? await cached() : undefined;
  if (!found) return fetched();
  const refetch = async () => {
    await clearCache();
    return fetched();
  };
  try {
    return { ...own(await bytesOf(found, modelPurpose, onBytes, signal)), refetch };
  } catch (error) {
    if (signal?.aborted) throw error;
    // The browser names it, but has lost what it holds.
    return refetch();
  }
}

/** A caller's model, whose bytes nobody checks or keeps. */
function foreign(bytes: Uint8Array): LoadedModel {
  return { bytes, check: async () => undefined, keep: async () => undefined, refetch: async () => null };
}

/** The model of this package. */
function own(bytes: Uint8Array): LoadedModel {
  const check = async () => {
    const hash = await sha256(bytes);
    if (hash === null || hash === __MODEL_SHA256__) return;
    throw new GradlensError(
      'invalid-model',
      'the model is damaged: its bytes do not have the checksum that this package names; fetch it again',
    );
  };
  return { ...foreign(bytes), check };
}

async function cached(): Promise<Response | undefined> {
  return quietly(async () => (await caches.open(cacheName)).match(cacheKey()));
}

async function keep(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  await quietly(async () => {
    const cache = await caches.open(cacheName);
    for (const old of await cache.keys()) await cache.delete(old);
    await cache.put(cacheKey(), new Response(bytes, { headers: { 'content-length': String(bytes.length) } }));
  });
}

/** Storage may be absent, denied or full: everything works without it. */
async function quietly<T>(task: () => Promise<T>): Promise<T | undefined> {
  try {
    return await task();
  } catch {
    return undefined;
  }
}
