// No photo, and no request of any kind, leaves the site's own server. A proxy sees what the browser
// sends anywhere else, whoever sends it: page, worker, service worker.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { root } from './package-page.ts';
import { expect, test } from './site-server.ts';
import { choose, done, openSample } from './visit.ts';

/** Chromium itself asks there how to fill in a page's fields, whatever the page. */
const AUTOFILL = 'content-autofill.googleapis.com:443';

test('no request leaves the origin while photos are explained', async ({ browser, site }) => {
  const elsewhere: string[] = [];
  const proxy = createServer((request, response) => {
    elsewhere.push(request.url ?? '');
    response.writeHead(502).end();
  });
  proxy.on('connect', (request, socket) => {
    if (request.url !== AUTOFILL) elsewhere.push(request.url ?? '');
    socket.destroy();
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const context = await browser.newContext({
    serviceWorkers: 'allow',
    proxy: { server: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, bypass: '127.0.0.1' },
  });
  const requests: string[] = [];
  context.on('request', (request) => requests.push(request.url()));
  const page = await context.newPage();

  await page.goto(`${site.url}?backend=cpu`);
  await done(page);
  await page.locator('#file').setInputFiles({
    name: 'mine.webp',
    mimeType: 'image/webp',
    buffer: await readFile(new URL('www/samples/koala.webp', root)),
  });
  await expect(page.locator('#credit')).toHaveText('mine.webp');
  for (const mode of ['class', 'compare', 'objects'] as const) await choose(page, mode);
  await openSample(page, 'panda');
  await expect(page.locator('#offline-text')).toHaveText('Ready for offline use');

  expect(requests.filter((url) => /^https?:/.test(url) && !url.startsWith(site.url))).toEqual([]);
  expect(elsewhere).toEqual([]);
  // Its own server is only ever asked for files.
  expect(site.asked.filter(({ method, file }) => method !== 'GET' || file === '..')).toEqual([]);
  expect(site.asked.some(({ file }) => file.endsWith('.onnx'))).toBe(true);

  // The proxy does see what goes elsewhere.
  await page.goto('http://elsewhere.test/').catch(() => undefined);
  expect(elsewhere).toContain('http://elsewhere.test/');
  await context.close();
  await new Promise((resolve) => proxy.close(resolve));
});
