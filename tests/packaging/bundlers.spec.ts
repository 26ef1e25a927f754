// The package in an app of each bundler, installed and configured as its users would.
import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { type Page } from '@playwright/test';
import { type InlineConfig, createServer, preview } from 'vite';
import { expectExplained, expectShared, isolation } from './explained.ts';
import { npm } from './npm.ts';
import { common, edit, expect, projects, test } from './project.ts';

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

test('Vite builds it', async ({ page, project }) => {
  const root = await project(join(projects, 'vite'), common);
  await build(root);
  for (const [headers, expectIt] of [[{}, expectExplained], [isolation, expectShared]] as const) {
    const server = await preview({ root, logLevel: 'warn', preview: { host: '127.0.0.1', headers } });
    await expectIt(page, server.resolvedUrls!.local[0]!);
    await server.close();
  }
});

for (const bundler of ['webpack', 'esbuild', 'rollup']) {
  test(`${bundler} builds it`, async ({ page, project, serve }) => {
    const root = await project(join(projects, bundler), common);
    await build(root);
    await expectExplained(page, await serve(join(root, 'dist')));
    await expectShared(page, await serve(join(root, 'dist'), isolation));
  });
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

/** Builds a project, and looks for the WebAssembly modules and the model, each of them once. */
async function build(root: string): Promise<void> {
  await npm(root, 'run', 'build');
  const files = await readdir(join(root, 'dist'), { recursive: true });
  const heavy = files.map((file) => extname(file)).filter((ending) => ['.wasm', '.onnx'].includes(ending));
  expect(heavy.sort()).toEqual(['.onnx', '.wasm', '.wasm', '.wasm']);
}
