import { registerRoute } from 'workbox-routing';

/**
 * Takes photos that other programs share to the installed page (`share_target` in the manifest).
 * The form lies in a cache until the page, opened in answer, picks it up: see www/handed-over.js.
 */
export function takeShares(scope: string): void {
  const action = new URL('share', scope).href;
  registerRoute(
    ({ url }) => url.href === action,
    async ({ request }) => {
      const cache = await caches.open('gradlens-shared');
      const type = request.headers.get('content-type') ?? '';
      await cache.put(action, new Response(await request.blob(), { headers: { 'content-type': type } }));
      return Response.redirect('./?shared', 303);
    },
    'POST',
  );
}
