// The package under Node, where pages are rendered: it is imported and keeps still.
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
  for (const entry of ['gradlens', 'gradlens/direct']) {
    const code = `const { load, version } = await import('${entry}'); console.log(typeof load, version);`;
    expect(await node(installed, '--input-type=module', '--eval', code)).toBe(`function ${version}\n`);
  }
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
  for (const example of ['react-vite', 'node-ssr']) {
    const { dependencies, devDependencies } = await manifestOf(join(examplesFolder, example));
    const { gradlens, ...named } = { ...dependencies, ...devDependencies };
    expect(gradlens).toBe('file:../../pkg');
    expect(tested).toMatchObject(named);
  }
});
