// The package in an app of each bundler, installed and configured as its users would.
import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { createServer, preview } from 'vite';
import { expectExplained, expectShared, isolation } from './explained.ts';
import { npm } from './npm.ts';
import { common, expect, projects, test } from './project.ts';

test('Vite serves it while developing', async ({ page, project }) => {
  const root = await project(join(projects, 'vite'), common);
  for (const [headers, expectIt] of [[{}, expectExplained], [isolation, expectShared]] as const) {
    const server = await createServer({ root, logLevel: 'warn', server: { host: '127.0.0.1', headers } });
    await server.listen();
    await expectIt(page, server.resolvedUrls!.local[0]!);
    await server.close();
  }
});

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

/** Builds a project, and looks for the WebAssembly modules and the model, each of them once. */
async function build(root: string): Promise<void> {
  await npm(root, 'run', 'build');
  const files = await readdir(join(root, 'dist'), { recursive: true });
  const heavy = files.map((file) => extname(file)).filter((ending) => ['.wasm', '.safetensors'].includes(ending));
  expect(heavy.sort()).toEqual(['.safetensors', '.wasm', '.wasm', '.wasm']);
}
