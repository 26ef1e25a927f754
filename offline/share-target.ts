import { registerRoute } from 'workbox-routing';

/**
 * Takes photos and networks that other programs share to the installed page (`share_target` in the manifest).
 * The form lies in a cache until the page, opened in answer, picks it up: see www/handed-over.js.
 */
export function takeShares(scope: string): void {
  const action = new URL('share', scope).href;
  registerRoute(
    ({ url }) => url.href === action,
    async ({ request }) => {
      // Where there is no room for it, the page finds nothing and says so.
      await keep(action, request).catch(() => undefined);
      return Response.redirect('./?shared', 303);
    },
    'POST',
  );
}

async function keep(key: string, form: Request): Promise<void> {
  const cache = await caches.open('gradlens-shared');
  const type = form.headers.get('content-type') ?? '';
  await cache.put(key, new Response(await form.blob(), { headers: { 'content-type': type } }));
}
