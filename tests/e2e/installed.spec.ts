// The page as an installed program: its manifest, and the photos that the system hands to it.
import { readFile, writeFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { root } from './package-page.ts';
import { expect, test } from './site-server.ts';
import { choose, done } from './visit.ts';

test.use({ serviceWorkers: 'allow' });

const panda = new URL('www/samples/panda.webp', root);

async function expectPanda(page: Page, name: string) {
  await expect(page.locator('#credit')).toHaveText(name);
  await choose(page, 'class');
  await expect(page.locator('#classes button').first()).toContainText(/panda/i);
}

test('can be installed', async ({ page, site }) => {
  await page.goto(`${site.url}?backend=cpu`);
  await expect(page.locator('#offline-text')).toHaveText('Ready for offline use', { timeout: 60_000 });
  const browser = await page.context().newCDPSession(page);
  const { url, errors } = await browser.send('Page.getAppManifest');
  expect(url).toBe(`${site.url}manifest.webmanifest`);
  expect(errors).toEqual([]);
  const { installabilityErrors } = await browser.send('Page.getInstallabilityErrors');
  // The test's browser profile is a private one.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);
});

test('a photo that is shared to the page is explained', async ({ page, site }) => {
  await page.goto(`${site.url}?backend=cpu`);
  await expect(page.locator('#offline-text')).toHaveText('Ready for offline use', { timeout: 60_000 });
  // The system posts a form to the address in the manifest; no page of the site can.
  const { action, method, enctype, params } = JSON.parse(await readFile(site.file('manifest.webmanifest'), 'utf8')).share_target;
  await writeFile(site.file('system.html'), `<!doctype html><meta charset="utf-8">
    <form action="${action}" method="${method}" enctype="${enctype}"><input type="file" name="${params.files[0].name}"></form>`);
  await page.goto(`${site.url}system.html`);
  await page.locator('input').setInputFiles({ name: '판다.webp', mimeType: 'image/webp', buffer: await readFile(panda) });
  await page.locator('form').evaluate((form) => (form as HTMLFormElement).submit());
  await page.waitForURL(site.url);
  await done(page);
  await expectPanda(page, '판다.webp');
  expect(site.asked.filter(({ method }) => method !== 'GET')).toEqual([]);

  await page.reload();
  await done(page);
  await expect(page.locator('#credit')).not.toHaveText('판다.webp');
});

test('a photo that is opened with the page is explained', async ({ page, site }) => {
  await page.addInitScript(() => {
    // Nothing is launched in a browser's tab: the test does it.
    const setConsumer = (consumer: unknown) => Object.assign(globalThis, { consumer });
    Object.defineProperty(globalThis, 'launchQueue', { value: { setConsumer } });
  });
  await page.goto(`${site.url}?backend=cpu`);
  await done(page);
  await page.evaluate(async (bytes) => {
    const file = new File([Uint8Array.from(bytes)], 'opened.webp', { type: 'image/webp' });
    const { consumer } = globalThis as unknown as { consumer: (launch: unknown) => void };
    consumer({ files: [{ getFile: async () => file }] });
  }, [...await readFile(panda)]);
  await expectPanda(page, 'opened.webp');
});
