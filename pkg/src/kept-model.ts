// The model of this package as the browser keeps it. Apart from model.ts: its types are published.

declare const __MODEL_SHA256__: string;

/** The SHA-256 of the model in this package, in hexadecimal digits. */
export const modelSha256: string = __MODEL_SHA256__;

const cacheName = 'gradlens';
/**
 * An address that only the cache knows: the same bytes are the same model, wherever they came from. Absolute, since a
 * worker that is started through a blob has no address that others could be relative to.
 */
const cacheKey = () => new URL(`/gradlens/model/${modelSha256}`, origin);

/**
 * Whether the model of this package is kept in the browser's Cache API, so that `load` needs no
 * network for it. `false` as well where storage is denied.
 */
export async function isCached(): Promise<boolean> {
  return (await cachedModel()) !== undefined;
}

/** Forgets the model that is kept, of this and of every other version of this package. */
export async function clearCache(): Promise<void> {
  await quietly(() => caches.delete(cacheName));
}

/** The answer that is kept, if one is. */
export async function cachedModel(): Promise<Response | undefined> {
  return quietly(async () => (await caches.open(cacheName)).match(cacheKey()));
}

/** Keeps the model, and none of another version. */
export async function keepModel(bytes: BufferSource): Promise<void> {
  await quietly(async () => {
    const cache = await caches.open(cacheName);
    for (const old of await cache.keys()) await cache.delete(old);
    await cache.put(cacheKey(), new Response(bytes, { headers: { 'content-length': String(bytes.byteLength) } }));
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
