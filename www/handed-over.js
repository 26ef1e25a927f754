// @ts-check
import { words } from './words.js';

/**
 * Takes photos and networks that the system hands to the installed page: opened with it, or shared to it.
 * @param {(files: readonly File[]) => void} onFiles
 * @param {(error: unknown) => void} onError called when they are not to be had
 */
export function takeHandedOver(onFiles, onError) {
  /** @param {Promise<File[]>} files */
  const take = (files) => files.then(onFiles, (cause) => onError(new Error(words.errors.handedOver, { cause })));

  const { launchQueue } = /** @type {{ launchQueue?: LaunchQueue }} */ (globalThis);
  launchQueue?.setConsumer(({ files }) => {
    if (files.length > 0) take(Promise.all(files.map((handle) => handle.getFile())));
  });

  if (!new URLSearchParams(location.search).has('shared')) return;
  history.replaceState(null, '', location.pathname);
  take(shared());
}

/** The files that the service worker left in a cache. */
async function shared() {
  const cache = await caches.open('gradlens-shared');
  const form = await (await cache.match('share'))?.formData();
  await cache.delete('share');
  const files = Array.from(form?.values() ?? []).filter((value) => value instanceof File);
  if (files.length > 0) return files;
  throw new Error('nothing was shared, or it could not be kept');
}

/**
 * Files that the page was opened with; TypeScript's own library does not have it.
 * @typedef {object} LaunchQueue
 * @property {(consumer: (launch: { files: readonly FileSystemFileHandle[] }) => void) => void} setConsumer
 */
