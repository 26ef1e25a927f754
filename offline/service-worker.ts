/**
 * The service worker: keeps the whole site after the first visit, each file by the hash of what it
 * holds. A new version is kept beside the running one and waits until the visitor asks for it.
 *
 * @module
 */
import { clientsClaim } from 'workbox-core';
import { PrecacheController, type PrecacheEntry, PrecacheRoute } from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';
import { probeAdapter } from '../pkg/src/adapter.ts';
import { hasRelaxedSimd } from '../pkg/src/relaxed-simd.ts';
import { takeShares } from './share-target.ts';

declare const self: ServiceWorkerGlobalScope;
declare global {
  /** As the package calls it, which runs in windows too. */
  type Navigator = WorkerNavigator;
}
/** Everything but the WebGPU module; build.mjs fills these two in. */
declare const __SITE__: PrecacheEntry[];
/** The WebGPU module: 6 MB, of no use without a graphics card. */
declare const __WEBGPU__: PrecacheEntry[];

/**
 * The page has loaded most files before: the server is asked only whether they changed, where
 * Workbox would load them all again.
 */
const asksServer = {
  requestWillFetch: async ({ request }: { request: Request }) => new Request(request, { cache: 'no-cache' }),
};

/**
 * Isolates the page from other origins, none of which it asks for anything, so that it may use more
 * threads. A static host need not send these headers, which are read with a page and with a worker's script.
 */
const isolates = {
  handlerWillRespond: async ({ request, response }: { request: Request; response: Response }) => {
    const isRead = request.mode === 'navigate' || request.destination === 'worker';
    // A redirect is none of those that can be made anew.
    if (!isRead || response.status === 0) return response;
    const headers = new Headers(response.headers);
    headers.set('cross-origin-opener-policy', 'same-origin');
    headers.set('cross-origin-embedder-policy', 'require-corp');
    const { body, status, statusText } = response;
    return new Response(body, { status, statusText, headers });
  },
};

/** Files kept in one cache, and served from it. */
function keep(entries: PrecacheEntry[], name: string): PrecacheController {
  const cacheName = `gradlens-${name}-${self.registration.scope}`;
  const files = new PrecacheController({ cacheName, plugins: [asksServer, isolates] });
  files.addToCacheList(entries);
  // The query is the page's business: ?backend=cpu opens the same file.
  registerRoute(new PrecacheRoute(files, { ignoreURLParametersMatching: [/./] }));
  self.addEventListener('activate', files.activate);
  return files;
}

/** Whether this browser may run a file, if that is one of the CPU's modules: each is there with relaxed SIMD and without. */
const mayRun = ({ url }: PrecacheEntry) =>
  !/wasm\/(cpu|threads)\/.*\.wasm$/.test(url) || url.endsWith('_relaxed_bg.wasm') === hasRelaxedSimd();

const site = keep(__SITE__.filter(mayRun), 'site');
self.addEventListener('install', site.install);

// With a real adapter this module is what the page runs, so it is kept from the start. Elsewhere it
// is kept once a visitor asks for it: Workbox stores a missing file whose hash it can check, so that
// it never mixes two versions.
const webgpu = keep(__WEBGPU__, 'webgpu');
self.addEventListener('install', (event) => {
  event.waitUntil(probeAdapter().then(({ kind }) => (kind === 'real' ? webgpu.install(event) : undefined)));
});

takeShares(self.registration.scope);

// The page of the first visit becomes an offline one without a reload.
clientsClaim();

self.addEventListener('message', ({ data }) => {
  if (data?.type === 'SKIP_WAITING') self.skipWaiting();
});
