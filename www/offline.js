// @ts-check
import { byId } from './dom.js';
import { words } from './words.js';

/**
 * Lets a service worker keep the site, so that it works without a network, and says in #offline when
 * that is so. A newer version waits until the visitor asks for it. Where the browser refuses, or has
 * no room, the page works as before, with a network.
 */
export async function keepOffline() {
  const text = byId('offline-text', HTMLElement);
  const reload = byId('offline-reload', HTMLButtonElement);
  try {
    const { serviceWorker } = navigator;
    // Of a visitor who came back: some browsers ask them. A page that is loaded anew may have no controller.
    if (await serviceWorker.getRegistration()) persist().catch(() => {});
    const registration = await serviceWorker.register('service-worker.js');
    const offer = () => {
      // The first version does not wait for another's end.
      if (!registration.waiting || !registration.active) return;
      text.textContent = words.offline.update;
      reload.hidden = false;
    };
    const watch = () => registration.installing?.addEventListener('statechange', offer);
    reload.addEventListener('click', () => {
      serviceWorker.addEventListener('controllerchange', () => location.reload());
      if (registration.waiting) registration.waiting.postMessage({ type: 'SKIP_WAITING' });
      // Another tab has let the new version in already.
      else location.reload();
    });
    registration.addEventListener('updatefound', watch);
    watch();
    offer();

    await Promise.race([serviceWorker.ready, failure(registration)]);
    if (reload.hidden) text.textContent = words.offline.ready;
  } catch (reason) {
    console.info('gradlens is not kept for offline use:', reason);
  }
}

/** Asks the browser not to forget the site where it wants room, or when it was not seen for a week, as Safari does. */
async function persist() {
  if (!(await navigator.storage.persisted())) await navigator.storage.persist();
}

/**
 * Rejects if the version that is being kept cannot be.
 * @param {ServiceWorkerRegistration} registration
 * @returns {Promise<never>}
 */
function failure({ installing }) {
  return new Promise((_, reject) => {
    installing?.addEventListener('statechange', () => {
      if (installing.state === 'redundant') reject(new Error('its files could not be fetched or stored'));
    });
  });
}
