// The model file: the caller's own, or the one that an entry brings along, which is kept once it was fetched.

import type { EngineOptions } from './engine.js';
import { GradlensError } from './errors.js';
import { type OnBytes, type Purpose, bytesOf, inAll } from './fetch.js';
import { sha256 } from './hash.js';
import { cachedModel, clearCache, keepModel, modelSha256 } from './kept-model.js';
import { type Packaged, packagedModel } from './packaged.js';

/** What a model is called in messages. */
export const modelPurpose: Purpose = { name: 'model', code: 'model-unavailable' };

/** The same of a file that keeps a model's weights. */
export const dataPurpose = (file: string): Purpose => ({ name: `model's data "${file}"`, code: 'model-unavailable' });

/** The same of any of a network's files. */
export const filePurpose = (file: string): Purpose => ({ name: `file "${file}"`, code: 'model-unavailable' });

/** The same of a file beside a model. */
export const besidePurpose: Purpose = { name: 'file beside the model', code: 'model-unavailable' };

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
  packaged: Packaged,
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
  const url = packagedModel(packaged, modelPurpose);
  const fetched = async () => {
    const bytes = await bytesOf(url, modelPurpose, onBytes, signal);
    return cache ? { ...own(bytes), keep: () => keepModel(bytes) } : own(bytes);
  };
  const found = cache ? await cachedModel() : undefined;
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
    if (hash === null || hash === modelSha256) return;
    throw new GradlensError(
      'invalid-model',
      'the model is damaged: its bytes do not have the checksum that this package names; fetch it again',
    );
  };
  return { ...foreign(bytes), check };
}
