// The page without a network, and the way to its next version.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Page, chromium } from '@playwright/test';
import { root } from './package-page.ts';
import { type SiteServer, expect, test } from './site-server.ts';
import { fillStorage } from './storage.ts';
import { choose, done, main, openSample } from './visit.ts';

test.use({ serviceWorkers: 'allow' });

const READY = 'Ready for offline use';
const offline = (page: Page) => page.locator('#offline-text');

/** The first visit, until all is kept. */
async function visit(page: Page, site: SiteServer, query = '?backend=cpu') {
  await page.goto(site.url + query);
  await done(page);
  await expect(offline(page)).toHaveText(READY, { timeout: 60_000 });
}

/** Explains a photo that has not been seen yet. */
async function explainPanda(page: Page) {
  await done(page);
  await openSample(page, 'panda');
  await choose(page, 'class');
  await expect(page.locator('#classes button').first()).toContainText(/panda/i);
  await expect(page.locator('#time')).toHaveText(/\d+ ms/);
}

/** Changes the page's title, as a new version would, and makes the service worker anew. */
async function publish(site: SiteServer, title: string) {
  const html = await readFile(site.file('index.html'), 'utf8');
  await writeFile(site.file('index.html'), html.replace('</head>', `<meta name="version" content="${title}"></head>`));
  await promisify(execFile)('node', ['build.mjs', site.folder], { cwd: new URL('offline/', root) });
}

test('works without a network after the first visit', async ({ page, context, site }) => {
  await visit(page, site);
  await context.setOffline(true);
  await page.reload();
  await explainPanda(page);
  await expect(offline(page)).toHaveText(READY);
});

test('works without its server after the first visit, and so does the other page', async ({ page, site }) => {
  await visit(page, site);
  await site.stop();
  await page.goto(`${site.url}index.html?backend=cpu`);
  await explainPanda(page);
  await page.goto(`${site.url}evaluate.html`);
  await expect(offline(page)).toHaveText(READY);
  await page.locator('#files').setInputFiles(site.file('samples/cat.webp'));
  await page.locator('#start').click();
  await done(page);
  await expect(page.locator('#summary table')).toBeVisible();
});

test('a network that is kept explains without a network, and so does its card', async ({ page, context, site }) => {
  await visit(page, site);
  const buffer = await readFile(process.env.GRADLENS_MODEL!);
  await page.locator('#network-files').setInputFiles({ name: 'mine.onnx', mimeType: '', buffer });
  await expect(page.locator('#network-name')).toHaveText('mine');
  await page.locator('#network-card').click();
  await page.getByRole('button', { name: 'Keep this network' }).click();
  await expect(page.locator('dialog.card .kept li')).toHaveCount(1);
  await context.setOffline(true);
  await page.reload();
  await explainPanda(page);
  await expect(page.locator('#network-name')).toHaveText('mine');
  await page.locator('#network-card').click();
  await expect(page.locator('dialog.card .sees li').first()).toContainText(/panda/i);
});

test('a second visit loads the page, the network and the photos from what was kept', async ({ page, site }) => {
  await visit(page, site);
  site.asked.length = 0;
  await page.reload();
  await explainPanda(page);
  await expect(offline(page)).toHaveText(READY);
  // The browser asks for the service worker, to see whether there is a new one.
  expect(site.asked.filter(({ file }) => file !== 'service-worker.js')).toEqual([]);
});

test('a visitor who comes back has the browser asked not to forget the site, once', async ({ page, site }) => {
  await page.addInitScript(() => {
    const asked = () => sessionStorage.getItem('asked') ?? '';
    navigator.storage.persisted = async () => asked() !== '';
    navigator.storage.persist = async () => {
      sessionStorage.setItem('asked', `${asked()}+`);
      return true;
    };
  });
  const asked = () => page.evaluate(() => sessionStorage.getItem('asked'));
  await visit(page, site);
  expect(await asked()).toBeNull();
  await page.reload();
  await expect.poll(asked).toBe('+');
  await page.reload();
  await done(page);
  expect(await asked()).toBe('+');
});

test('from the second visit on, a second thread may take part', { tag: '@chromium' }, async ({ page, site }) => {
  await visit(page, site);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
  await page.reload();
  await explainPanda(page);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  const [worker] = page.workers();
  expect(await worker!.evaluate(() => crossOriginIsolated)).toBe(true);
});

test('the first visit downloads the network once', { tag: '@chromium' }, async ({ site, launchOptions }) => {
  // A private window's cache, in memory, is too small for the model.
  const profile = await mkdtemp(join(tmpdir(), 'gradlens-profile-'));
  const context = await chromium.launchPersistentContext(profile, launchOptions);
  await visit(await context.newPage(), site, '');
  // The service worker also keeps the module that the page runs from the second visit on.
  const modules = ['cpu', 'threads'].map((build) => `gradlens/dist/wasm/${build}/gradlens_relaxed_bg.wasm`);
  const files = ['gradlens/model/efficientnet-lite0.onnx', ...modules];
  const sizes = await Promise.all(files.map(async (file) => (await stat(site.file(file))).size));
  expect(site.sent(/\.(onnx|wasm)$/)).toBe(sizes.reduce((sum, size) => sum + size));
  await context.close();
  await rm(profile, { recursive: true });
});

test('the WebGPU module is kept once it was used', { tag: '@chromium' }, async ({ page, site }) => {
  await visit(page, site);
  expect(site.sent(/webgpu/)).toBe(0);
  const backend = page.locator('#backend');
  await page.goto(`${site.url}?backend=webgpu`);
  await expect(backend).toHaveText('WebGPU', { timeout: 60_000 });
  await site.stop();
  await page.reload();
  await expect(backend).not.toHaveText('WebGPU');
  await expect(backend).toHaveText('WebGPU', { timeout: 60_000 });
});

test('a browser that never says what GPU there is keeps the site all the same', { tag: '@chromium' }, async ({ page, site }) => {
  const script = site.file('service-worker.js');
  const silent = 'if (globalThis.GPU) GPU.prototype.requestAdapter = () => new Promise(() => undefined);\n';
  await writeFile(script, silent + (await readFile(script, 'utf8')));
  await visit(page, site);
  await site.stop();
  await page.reload();
  await explainPanda(page);
});

test('a browser that cleared the site begins as at the first visit', { tag: '@chromium' }, async ({ page, context, site }) => {
  await visit(page, site);
  const session = await context.newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', { origin: new URL(site.url).origin, storageTypes: 'all' });
  await visit(page, site, '?backend=cpu&network=mine');
  await expect(page.locator('#alert-text')).toContainText('“mine”, which is not kept on this machine');
  await context.setOffline(true);
  await page.goto(`${site.url}?backend=cpu`);
  await explainPanda(page);
});

test('a new version is offered, and comes when it is asked for', async ({ page, site }) => {
  const version = () => page.locator('meta[name=version]').getAttribute('content', { timeout: 1000 }).catch(() => null);
  await visit(page, site);
  await publish(site, 'second');
  await page.reload();
  await done(page);
  const reload = page.getByRole('button', { name: 'Reload', exact: true });
  await expect(offline(page)).toHaveText('A new version is there.');
  await expect(reload).toBeVisible();
  expect(await version()).toBeNull();

  // Neither time nor work with the page brings it in.
  await openSample(page, 'panda');
  await page.reload();
  await done(page);
  await expect(reload).toBeVisible();
  expect(await version()).toBeNull();

  await Promise.all([page.waitForEvent('load'), reload.click()]);
  await done(page);
  expect(await version()).toBe('second');
  await expect(offline(page)).toHaveText(READY);
  await expect(reload).toBeHidden();
});

test('a version that was published while the page is open is offered there', async ({ page, site }) => {
  await visit(page, site);
  await publish(site, 'second');
  await page.evaluate(async () => { await (await navigator.serviceWorker.ready).update(); });
  await expect(offline(page)).toHaveText('A new version is there.');
  await expect(main(page)).toHaveAttribute('data-state', 'done');
});

test('works where service workers are refused', async ({ browser, site }) => {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  const said = page.waitForEvent('console', (message) => /not kept for offline use/.test(message.text()));
  await page.goto(`${site.url}?backend=cpu`);
  await explainPanda(page);
  expect((await said).type()).toBe('info');
  await expect(offline(page)).toBeEmpty();
  await expect(page.locator('#alert')).toBeHidden();
  await context.close();
});

test('works where storage is full, and does not say that it is ready', { tag: '@chromium' }, async ({ page, site }) => {
  await fillStorage(page, site.url);
  const said = page.waitForEvent('console', (message) => /not kept for offline use/.test(message.text()));
  await page.goto(`${site.url}?backend=cpu`);
  await explainPanda(page);
  expect((await said).type()).toBe('info');
  await expect(offline(page)).toBeEmpty();
  await expect(page.locator('#alert')).toBeHidden();
  // Nor does a part of the site, kept before the room was used up, get in the way of the rest.
  await page.reload();
  await explainPanda(page);
  await expect(offline(page)).toBeEmpty();
});

test('works where the browser lets the page store nothing', { tag: '@chromium' }, async ({ site, launchOptions }) => {
  const profile = await mkdtemp(join(tmpdir(), 'gradlens-profile-'));
  await mkdir(join(profile, 'Default'));
  const refuseStorage = { profile: { default_content_setting_values: { cookies: 2 } } };
  await writeFile(join(profile, 'Default/Preferences'), JSON.stringify(refuseStorage));
  const context = await chromium.launchPersistentContext(profile, launchOptions);
  const page = await context.newPage();
  const said = page.waitForEvent('console', (message) => /not kept for offline use/.test(message.text()));
  await page.goto(`${site.url}?backend=cpu`);
  expect(await page.evaluate(() => caches.open('x').then(() => 'open', (error) => error.name))).toBe('SecurityError');
  await explainPanda(page);
  await said;
  await expect(offline(page)).toBeEmpty();
  await context.close();
  await rm(profile, { recursive: true });
});
