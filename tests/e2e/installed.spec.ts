// The page as an installed program: its manifest, and the photos and networks that the system hands to it.
import { readFile, writeFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { root } from './package-page.ts';
import { type SiteServer, expect, test } from './site-server.ts';
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

interface Given {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** Shares files to the installed page, as a field of its manifest. */
async function share(page: Page, site: SiteServer, field: 'photo' | 'network', files: readonly Given[]) {
  await page.goto(`${site.url}?backend=cpu`);
  await expect(page.locator('#offline-text')).toHaveText('Ready for offline use', { timeout: 60_000 });
  // The system posts a form to the address in the manifest; no page of the site can.
  const { action, method, enctype, params } = JSON.parse(await readFile(site.file('manifest.webmanifest'), 'utf8')).share_target;
  expect(params.files.map(({ name }: { name: string }) => name)).toContain(field);
  await writeFile(site.file('system.html'), `<!doctype html><meta charset="utf-8">
    <form action="${action}" method="${method}" enctype="${enctype}"><input type="file" name="${field}" multiple></form>`);
  await page.goto(`${site.url}system.html`);
  await page.locator('input').setInputFiles(files as Given[]);
  await page.locator('form').evaluate((form) => (form as HTMLFormElement).submit());
  await page.waitForURL(site.url);
  await done(page);
}

test('a network that is shared to the page, with its labels, explains', async ({ page, site }) => {
  const labels = Array.from({ length: 1000 }, (_, at) => `thing ${at}`).join('\n');
  await share(page, site, 'network', [
    { name: 'mine.onnx', mimeType: 'application/octet-stream', buffer: await readFile(process.env.GRADLENS_MODEL!) },
    { name: 'labels.txt', mimeType: 'text/plain', buffer: Buffer.from(labels) },
  ]);
  await expect(page.locator('#network-name')).toHaveText('mine');
  await choose(page, 'class');
  await expect(page.locator('#answer-class')).toHaveText(/^thing \d+$/);
  expect(site.asked.filter(({ method }) => method !== 'GET')).toEqual([]);
});

test('a photo that is shared to the page is explained', async ({ page, site }) => {
  await share(page, site, 'photo', [{ name: '판다.webp', mimeType: 'image/webp', buffer: await readFile(panda) }]);
  await expectPanda(page, '판다.webp');
  expect(site.asked.filter(({ method }) => method !== 'GET')).toEqual([]);

  await page.reload();
  await done(page);
  await expect(page.locator('#credit')).not.toHaveText('판다.webp');
});

/** Opens a file with the installed page. */
async function launch(page: Page, site: SiteServer, address: string, name: string, type: string) {
  await page.addInitScript(() => {
    // Nothing is launched in a browser's tab: the test does it.
    const setConsumer = (consumer: unknown) => Object.assign(globalThis, { consumer });
    Object.defineProperty(globalThis, 'launchQueue', { value: { setConsumer } });
  });
  await page.goto(`${site.url}?backend=cpu`);
  await done(page);
  await page.evaluate(async ({ address, name, type }) => {
    const file = new File([await (await fetch(address)).blob()], name, { type });
    const { consumer } = globalThis as unknown as { consumer: (launch: unknown) => void };
    consumer({ files: [{ getFile: async () => file }] });
  }, { address, name, type });
}

test('a photo that is opened with the page is explained', async ({ page, site }) => {
  await launch(page, site, 'samples/panda.webp', 'opened.webp', 'image/webp');
  await expectPanda(page, 'opened.webp');
});

test('so is the photo on the stage by a network that is opened with the page', async ({ page, site }) => {
  await launch(page, site, 'gradlens/model/efficientnet-lite0.onnx', 'opened.onnx', '');
  await expect(page.locator('#network-name')).toHaveText('opened');
  await done(page);
});
