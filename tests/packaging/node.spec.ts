// The package under Node, where pages are rendered: it keeps still while imported, and answers from the calling thread.
import { join } from 'node:path';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { createServer } from 'vite';
import { examplesFolder, installed, manifestOf, run } from './npm.ts';
import { expect, test } from './project.ts';

/** Runs Node so that it fails as soon as anything asks the network. */
const node = (folder: string, ...args: string[]) =>
  run(folder, 'node', '--import', join(import.meta.dirname, 'no-network.js'), ...args);

test('importing it does not throw and asks the network for nothing', async () => {
  const { version } = await manifestOf(join(installed, 'node_modules/gradlens'));
  for (const entry of ['gradlens', 'gradlens/direct', 'gradlens/cpu', 'gradlens/core']) {
    const code = `const { load, version } = await import('${entry}'); console.log(typeof load, version);`;
    expect(await node(installed, '--input-type=module', '--eval', code)).toBe(`function ${version}\n`);
  }
});

test('the entry for the calling thread needs no options: it reads the files of the package, and is right', async () => {
  const code = `
    import { readFile } from 'node:fs/promises';
    import { load } from 'gradlens/direct';
    const golden = await readFile('${join(import.meta.dirname, '../golden/chelsea_224x224.safetensors')}');
    const rgb = golden.subarray(8 + Number(golden.readBigUInt64LE()));
    const data = Uint8ClampedArray.from({ length: 4 * 224 * 224 }, (_, at) => (at % 4 < 3 ? rgb[3 * (at >> 2) + (at % 4)] : 255));
    const explainer = await load();
    const [best] = await explainer.classify({ data, width: 224, height: 224 }, 1, { signal: new AbortController().signal });
    console.log(explainer.backend + ': ' + best.label);`;
  expect(await node(installed, '--input-type=module', '--eval', code)).toBe('cpu: Egyptian cat\n');
});

test('the entry without files answers from those that are given, and says which it lacks', async () => {
  const code = `
    import { load } from 'gradlens/core';
    import { pathToFileURL } from 'node:url';
    import { createRequire } from 'node:module';
    const [model, cpu] = ['model', 'cpu.wasm'].map((file) => pathToFileURL(createRequire(process.cwd() + '/').resolve('gradlens/' + file)));
    const said = (options) => load(options).then(({ backend, labels }) => backend + ' ' + labels.length, ({ code, message }) => code + ': ' + message);
    console.log(await said({ model, wasmUrl: { cpu } }));
    console.log(await said({ wasmUrl: { cpu } }));
    console.log(await said({ model }));`;
  expect((await node(installed, '--input-type=module', '--eval', code)).split('\n')).toEqual([
    'cpu 1000',
    'model-unavailable: "gradlens/core" brings no model along: give load one as model',
    'runtime-unavailable: "gradlens/core" brings no module of the backend "cpu" along: give load its address as wasmUrl: { cpu }',
    '',
  ]);
});

test('the entry with a worker names the one without, where there are no workers', async () => {
  const code = `const { load } = await import('gradlens'); await load().catch(({ code, message }) => console.log(code + ': ' + message));`;
  expect(await node(installed, '--input-type=module', '--eval', code)).toMatch(/^runtime-unavailable: .*in Node, from "gradlens\/direct"/);
});

test('node-ssr renders its markup', async ({ project }) => {
  const folder = await project(join(examplesFolder, 'node-ssr'));
  const markup = await node(folder, 'render.js');
  expect(markup).toContain('The network is loaded in the browser.');
  expect(markup).toContain('<option>grad-cam++</option>');
});

test('react-vite renders on a server', async ({ project }) => {
  const root = await project(join(examplesFolder, 'react-vite'));
  const server = await createServer({ root, logLevel: 'warn', server: { middlewareMode: true }, appType: 'custom' });
  const { App } = await server.ssrLoadModule('/src/App.tsx');
  expect(renderToString(createElement(App))).toContain('Loading the network …');
  await server.close();
});

test('the examples name the versions that are tested', async () => {
  const { devDependencies: tested } = await manifestOf(import.meta.dirname);
  for (const example of ['react-vite', 'vue-vite', 'node-ssr']) {
    const { dependencies, devDependencies } = await manifestOf(join(examplesFolder, example));
    const { gradlens, ...named } = { ...dependencies, ...devDependencies };
    expect(gradlens).toBe('file:../../pkg');
    expect(tested).toMatchObject(named);
  }
});
