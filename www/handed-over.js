// @ts-check
import { words } from './words.js';

/**
 * Takes photos that the system hands to the installed page: opened with it, or shared to it.
 * @param {(file: File) => void} onFile
 * @param {(error: unknown) => void} onError called when one is not to be had
 */
export function takeHandedOver(onFile, onError) {
  /** @param {Promise<File>} photo */
  const take = (photo) => photo.then(onFile, (cause) => onError(new Error(words.errors.handedOver, { cause })));

  const { launchQueue } = /** @type {{ launchQueue?: LaunchQueue }} */ (globalThis);
  launchQueue?.setConsumer(({ files: [handle] }) => {
    if (handle) take(handle.getFile());
  });

  if (!new URLSearchParams(location.search).has('shared')) return;
  history.replaceState(null, '', location.pathname);
  take(shared());
}

/** The photo that the service worker left in a cache. */
async function shared() {
  const cache = await caches.open('gradlens-shared');
  const form = await (await cache.match('share'))?.formData();
  await cache.delete('share');
  const photo = form?.get('photo');
  if (photo instanceof File) return photo;
  throw new Error('nothing was shared, or it could not be kept');
}

/**
 * Files that the page was opened with; TypeScript's own library does not have it.
 * @typedef {object} LaunchQueue
 * @property {(consumer: (launch: { files: readonly FileSystemFileHandle[] }) => void) => void} setConsumer
 */
