// The package in an app of each bundler, installed and configured as its users would.
import { readdir, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { type Page } from '@playwright/test';
import { type InlineConfig, createServer, preview } from 'vite';
import { expectExplained, expectShared, isolation } from './explained.ts';
import { npm, run } from './npm.ts';
import { type Fixtures, common, edit, expect, projects, test } from './project.ts';

const packaged = 'node_modules/gradlens';

test('Vite serves it while developing', async ({ page, project }) => {
  const root = await project(join(projects, 'vite'), common);
  await develop(page, expectExplained, { root });
  await develop(page, expectShared, { root, server: { headers: isolation } });
});

// Vite finds late what the worker imports, and reloads the page, as they share code: unless the package is excluded.
const cases: [how: string, exclude: string[], loads: number][] = [['optimized', [], 2], ['excluded', ['gradlens'], 1]];
for (const [how, exclude, loads] of cases) {
  test(`Vite serves it to a page and the page's own worker, ${how}`, async ({ page, project }) => {
    const root = await project(join(projects, 'vite-worker'), common);
    await edit(join(root, 'explain-photo.js'), "'gradlens'", "'gradlens/direct'");
    let loaded = 0;
    page.on('request', (request) => (loaded += Number(request.isNavigationRequest())));
    await develop(page, expectExplained, { root, optimizeDeps: { exclude } });
    expect(loaded).toBeLessThanOrEqual(loads);
  });
}

test('Vite builds it', async ({ page, project, serve }) => {
  const root = await project(join(projects, 'vite'), common);
  await build(root);
  for (const [headers, expectIt] of [[{}, expectExplained], [isolation, expectShared]] as const) {
    const server = await preview({ root, logLevel: 'warn', preview: { host: '127.0.0.1', headers } });
    await expectIt(page, server.resolvedUrls!.local[0]!);
    await server.close();
  }
  await expectTrusted(page, serve, root);
});

for (const bundler of ['webpack', 'esbuild', 'rollup']) {
  test(`${bundler} builds it`, async ({ page, project, serve }) => {
    const root = await project(join(projects, bundler), common);
    await build(root);
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

/** Serves a project as while it is developed, and checks it. */
async function develop(page: Page, expectIt: typeof expectExplained, config: InlineConfig): Promise<void> {
  const server = await createServer({ logLevel: 'warn', ...config, server: { ...config.server, host: '127.0.0.1' } });
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

/** Builds a project, and looks for the WebAssembly modules and the model, each of them once. */
async function build(root: string): Promise<void> {
  await npm(root, 'run', 'build');
  const files = await readdir(join(root, 'dist'), { recursive: true });
  const heavy = files.map((file) => extname(file)).filter((ending) => ['.wasm', '.onnx'].includes(ending));
  expect(heavy.sort()).toEqual(['.onnx', '.wasm', '.wasm', '.wasm']);
}
