// A browser whose storage for the page is full.
import type { Page } from '@playwright/test';

/** Leaves an origin, the page's own unless said otherwise, room for one megabyte. */
export async function fillStorage(page: Page, url = page.url()): Promise<void> {
  const session = await page.context().newCDPSession(page);
  // For as long as the session lasts, which is as long as the page does.
  await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(url).origin, quotaSize: 1e6 });
}
