// The package in an app of each bundler, installed and configured as its users would.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Page } from '@playwright/test';
import * as vite8 from 'vite';
import * as vite7 from 'vite-7';
import { sizesOf } from './built.ts';
import { expectExplained, expectShared, isolation, photo } from './explained.ts';
import { npm, run } from './npm.ts';
import { type Fixtures, common, edit, expect, projects, test } from './project.ts';

const packaged = 'node_modules/gradlens';

/** What is used of every version. */
type Vite = Pick<typeof vite8, 'build' | 'createServer' | 'preview'>;
const versions: [name: string, vite: Vite][] = [['Vite 8', vite8], ['Vite 7', vite7 as unknown as Vite]];

for (const [name, vite] of versions) {
  test(`${name} serves it while developing, without configuration`, async ({ page, project }) => {
    const root = await project(join(projects, 'vite'), common);
    await develop(page, expectExplained, vite, { root });
    await develop(page, expectShared, vite, { root, server: { headers: isolation } });
  });

  test(`${name} builds it, without configuration`, async ({ page, project, serve }) => {
    const root = await project(join(projects, 'vite'), common);
    await vite.build({ root, logLevel: 'warn' });
    await expectFiles(root);
    for (const [headers, expectIt] of [[{}, expectExplained], [isolation, expectShared]] as const) {
      const server = await vite.preview({ root, logLevel: 'warn', preview: { host: '127.0.0.1', headers } });
      await expectIt(page, server.resolvedUrls!.local[0]!);
      await server.close();
    }
    await expectTrusted(page, serve, root);
  });
}

test('Vite 7 serves the entry of the CPU alone, which answers by a network that is given', async ({ page, project }) => {
  const root = await project(join(projects, 'vite'), common);
  await edit(join(root, 'explain-photo.js'), "'gradlens'", "'gradlens/cpu'");
  await edit(join(root, 'main.js'), 'explainPhoto()', `explainPhoto({ model: '/${packaged}/model/efficientnet-lite0.onnx' })`);
  await develop(page, expectExplained, versions[1]![1], { root });
});

// Vite finds late what the worker imports, and reloads the page, as they share code: unless the package is excluded.
const cases: [vite: Vite, how: string, exclude: string[], loads: number][] = [
  [vite8, 'optimized by Vite 8', [], 2],
  [vite8, 'excluded from Vite 8', ['gradlens'], 1],
  [versions[1]![1], 'excluded from Vite 7', ['gradlens'], 1],
];
for (const [vite, how, exclude, loads] of cases) {
  test(`Vite serves it to a page and the page's own worker, ${how}`, async ({ page, project }) => {
    const root = await ownWorker(project);
    let loaded = 0;
    page.on('request', (request) => (loaded += Number(request.isNavigationRequest())));
    await develop(page, expectExplained, vite, { root, optimizeDeps: { exclude } });
    expect(loaded).toBeLessThanOrEqual(loads);
  });
}

test("where Vite 7 optimizes the entry for the page's own worker, it says what to do", async ({ page, project }) => {
  const root = await ownWorker(project);
  const failed = async (page: Page, address: string) => {
    await page.route('**/photo.webp', (route) => route.fulfill({ path: photo }));
    const error = page.waitForEvent('pageerror');
    await page.goto(address);
    expect((await error).message).toContain("optimizeDeps: { exclude: ['gradlens'] }");
  };
  await develop(page, failed, versions[1]![1], { root });
});

for (const bundler of ['webpack', 'esbuild', 'rollup']) {
  test(`${bundler} builds it`, async ({ page, project, serve }) => {
    const root = await project(join(projects, bundler), common);
    await npm(root, 'run', 'build');
    await expectFiles(root);
    await expectExplained(page, await serve(join(root, 'dist')));
    await expectShared(page, await serve(join(root, 'dist'), isolation));
    await expectTrusted(page, serve, root);
  });
}

for (const [entry, options] of [
  ['gradlens', `{ workerUrl: './${packaged}/dist/worker.js' }`],
  ['gradlens/direct', `{ model: './${packaged}/model/efficientnet-lite0.onnx', wasmUrl: { cpu: './${packaged}/dist/wasm/cpu/gradlens_bg.wasm' } }`],
]) {
  test(`a bundle of ${entry} that is a plain script knows no address, and takes those given`, async ({ page, project, serve }) => {
    const root = await project(common);
    const bundle = await bundled(root, entry!, 'iife');
    await edit(join(root, 'index.html'), 'type="module" src="./main.js"', `src="./${bundle}"`);
    await page.goto(await serve(root));
    const unnamed = await page.evaluate<string>("gradlens.load({ backend: 'cpu' }).catch(({ message }) => message)");
    expect(unnamed).toContain('give load the address workerUrl or, from "gradlens/direct", model and wasmUrl');
    expect(await page.evaluate(`gradlens.load({ backend: 'cpu', ...${options} }).then(({ labels }) => labels.length)`)).toBe(1000);
  });
}

test('a CommonJS bundle runs in Node with the addresses of files', async ({ project }) => {
  const root = await project(common);
  const bundle = await bundled(root, 'gradlens/direct', 'cjs');
  const script = `
    require('./${bundle}');
    const { pathToFileURL } = require('node:url');
    const [model, cpu] = [require.resolve('gradlens/model'), require.resolve('gradlens/cpu.wasm')].map(pathToFileURL);
    gradlens.load({ model, wasmUrl: { cpu } }).then(({ backend, labels }) => console.log(backend + ' ' + labels.length));`;
  expect(await run(root, 'node', '--eval', script)).toBe('cpu 1000\n');
});

/** Bundles an entry as no ES module, as the global variable \`gradlens\`; the answer is the file. */
async function bundled(root: string, entry: string, format: 'iife' | 'cjs'): Promise<string> {
  await writeFile(join(root, 'main.js'), `import * as gradlens from '${entry}'; Object.assign(globalThis, { gradlens });`);
  const file = `bundle.${format}.cjs`;
  await npm(root, 'exec', '--', 'esbuild', 'main.js', '--bundle', `--format=${format}`, `--outfile=${file}`, '--log-level=error');
  return file;
}

/** A page whose own worker loads the network. */
async function ownWorker(project: Fixtures['project']): Promise<string> {
  const root = await project(join(projects, 'vite-worker'), common);
  await edit(join(root, 'explain-photo.js'), "'gradlens'", "'gradlens/direct'");
  return root;
}

/** Serves a project as while it is developed, and checks it. */
async function develop(page: Page, expectIt: typeof expectExplained, vite: Vite, config: vite8.InlineConfig): Promise<void> {
  const server = await vite.createServer({ logLevel: 'warn', ...config, server: { ...config.server, host: '127.0.0.1' } });
  await server.listen();
  await expectIt(page, server.resolvedUrls!.local[0]!);
  // A page that loses its server reloads when the next one is up, which would abort the next navigation.
  await page.goto('about:blank');
  await server.close();
}

/** Checks what was built in a page that requires Trusted Types. */
async function expectTrusted(page: Page, serve: Fixtures['serve'], root: string): Promise<void> {
  const policy = "require-trusted-types-for 'script'; trusted-types gradlens";
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}" />`;
  await edit(join(root, 'dist/index.html'), '<title>', `${meta}<title>`);
  await expectExplained(page, await serve(join(root, 'dist')));
}

/** The WebAssembly modules and the model are in what was built, each of them once. */
async function expectFiles(root: string): Promise<void> {
  const sizes = await sizesOf(join(root, 'dist'));
  expect(Object.fromEntries(Object.entries(sizes).map(([ending, { files }]) => [ending, files]))).toMatchObject({ '.wasm': 6, '.onnx': 1 });
}
