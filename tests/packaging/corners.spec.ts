// The package in places that are unlike a page of a site: behind CDNs that bundle it, in frames without an origin, in an
// extension.
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from '@playwright/test';
import { build } from 'esbuild';
import { expectExplained, panda, photo } from './explained.ts';
import { installed, npm } from './npm.ts';
import { common, edit, expect, projects, test } from './project.ts';

const packaged = join(installed, 'node_modules/gradlens');
const cors = { 'access-control-allow-origin': '*' };

for (const [cdn, at, entry] of [
  ['jsDelivr', 'npm/gradlens@0.1.0', '+esm'],
  ['esm.sh', 'gradlens@0.1.0', 'es2022/gradlens.mjs'],
] as const) {
  test(`as ${cdn} bundles it, it finds its files`, async ({ page, project, serve }) => {
    const root = await project(join(projects, 'page'), common);
    const served = join(root, 'cdn', at);
    await cp(packaged, served, { recursive: true });
    const { outputFiles } = await build({ entryPoints: [join(packaged, 'dist/index.js')], bundle: true, format: 'esm', write: false });
    const host = await serve(join(root, 'cdn'), cors);
    const address = `${host}${at}/${entry}`;
    await page.route(address, (route) => route.fulfill({ contentType: 'text/javascript', headers: cors, body: outputFiles[0]!.text }));
    await edit(join(root, 'explain-photo.js'), "'gradlens'", `'${address}'`);
    await expectExplained(page, await serve(root));
    expect(page.workers()[0]!.url()).toContain(encodeURIComponent(`${host}${at}/dist/worker.js`));
  });
}

test('in a frame without an origin it explains, where its files are shared, and else says what they lack', async ({ page, project, serve }) => {
  const root = await project(join(projects, 'page'), common);
  const outer = await project(common);
  await edit(join(root, 'explain-photo.js'), "'gradlens'", "'./node_modules/gradlens/dist/index.js'");
  const frame = await serve(root, cors);
  await writeFile(join(outer, 'index.html'), `<!doctype html><title>outer</title><iframe sandbox="allow-scripts" src="${frame}"></iframe>`);
  await page.route('**/photo.webp', (route) => route.fulfill({ path: photo, headers: cors }));
  const unshared = await serve(outer);
  await page.goto(unshared);
  const inner = page.frames()[1]!;
  await inner.waitForFunction(() => globalThis.answer);
  expect(await inner.evaluate(() => [globalThis.answer!.label, origin])).toEqual(['giant panda', 'null']);
  const workerUrl = `${unshared}node_modules/gradlens/dist/worker.js`;
  const load = `import('./node_modules/gradlens/dist/index.js').then(({ load }) => load({ workerUrl: '${workerUrl}' }))`;
  const said = await inner.evaluate<string>(`${load}.catch(({ code, message }) => code + ': ' + message)`);
  expect(said).toMatch(/^runtime-unavailable: .* to a sandboxed frame with Access-Control-Allow-Origin: \*$/);
});

test('in an extension it explains, in a page by a worker and in the background without one', async ({ project, launchOptions }) => {
  const root = await project(join(projects, 'page'), common);
  const manifest = {
    manifest_version: 3,
    name: 'gradlens',
    version: '1.0',
    background: { service_worker: 'background.js', type: 'module' },
    // Without it extensions compile no WebAssembly.
    content_security_policy: { extension_pages: "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'" },
  };
  await writeFile(join(root, 'manifest.json'), JSON.stringify(manifest));
  await cp(photo, join(root, 'photo.webp'));
  await edit(join(root, 'explain-photo.js'), "'gradlens'", "'./node_modules/gradlens/dist/index.js'");
  const background = `
    import { classify } from './node_modules/gradlens/dist/direct.js';
    globalThis.label = async () => (await classify('photo.webp', 1))[0].label;`;
  await writeFile(join(root, 'background.js'), background);
  const { args = [], ...options } = launchOptions;
  const context = await chromium.launchPersistentContext('', {
    ...options,
    args: [...args, `--disable-extensions-except=${root}`, `--load-extension=${root}`],
    ignoreDefaultArgs: ['--disable-extensions'],
  });
  try {
    const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
    const page = await context.newPage();
    await page.goto(new URL('index.html', worker.url()).href);
    await page.waitForFunction(() => globalThis.answer);
    expect((await page.evaluate(() => globalThis.answer))!.label).toMatch(panda.label);
    expect(page.workers()).toHaveLength(1);
    const label = await worker.evaluate(() => (globalThis as unknown as { label(): Promise<string> }).label());
    expect(label).toMatch(panda.label);
  } finally {
    await context.close();
  }
});

test('opened as a file it explains, where files may read files, as in Electron', async ({ project, launchOptions }) => {
  const root = await project(join(projects, 'esbuild'), common);
  await npm(root, 'run', 'build');
  await cp(photo, join(root, 'dist/photo.webp'));
  const { args = [], ...options } = launchOptions;
  const browser = await chromium.launch({ ...options, args: [...args, '--allow-file-access-from-files'] });
  try {
    const page = await browser.newPage();
    await page.goto(pathToFileURL(join(root, 'dist/index.html')).href);
    await page.waitForFunction(() => globalThis.answer);
    expect((await page.evaluate(() => globalThis.answer))!.label).toMatch(panda.label);
  } finally {
    await browser.close();
  }
});
