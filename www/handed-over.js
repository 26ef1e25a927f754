// @ts-check

/**
 * Takes photos that the system hands to the installed page: opened with it, or shared to it.
 * @param {(file: File) => void} onFile
 */
export async function takeHandedOver(onFile) {
  const { launchQueue } = /** @type {{ launchQueue?: LaunchQueue }} */ (globalThis);
  launchQueue?.setConsumer(async ({ files: [handle] }) => {
    if (handle) onFile(await handle.getFile());
  });

  if (!new URLSearchParams(location.search).has('shared')) return;
  history.replaceState(null, '', location.pathname);
  // Left there by the service worker.
  const cache = await caches.open('gradlens-shared');
  const form = await (await cache.match('share'))?.formData();
  await cache.delete('share');
  const photo = form?.get('photo');
  if (photo instanceof File) onFile(photo);
}

/**
 * Files that the page was opened with; TypeScript's own library does not have it.
 * @typedef {object} LaunchQueue
 * @property {(consumer: (launch: { files: readonly FileSystemFileHandle[] }) => void) => void} setConsumer
 */
