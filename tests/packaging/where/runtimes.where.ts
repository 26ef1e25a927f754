// The package in each runtime for servers but the Node of the other tests, with a photo and a network in a file.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { panda, photo } from '../explained.ts';
import { npm, packageFolder, run, tarball } from '../npm.ts';
import { expect, test } from '../project.ts';

const model = join(packageFolder, 'model/efficientnet-lite0.onnx');
const cli = 'node_modules/gradlens/dist/cli/main.js';

let root: string;
test.beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gradlens-runtimes-'));
  await cp(join(import.meta.dirname, 'projects/runtimes'), root, { recursive: true });
  await npm(root, 'install', '--no-audit', '--no-fund', await tarball());
});
test.afterAll(() => rm(root, { recursive: true }));

const runtimes = { Bun: ['bun'], Deno: ['deno', 'run', '--allow-all'], 'Node 26': ['node'] };
const runIn = (runtime: keyof typeof runtimes, ...args: string[]) => {
  const [program, ...options] = runtimes[runtime];
  return run(root, join('node_modules/.bin', program!), ...options, ...args);
};

for (const runtime of ['Bun', 'Deno'] as const) {
  test(`${runtime} explains a photo in a worker`, async () => {
    expect(await runIn(runtime, 'main.js', photo, model)).toMatch(panda.label);
  });
}

for (const runtime of ['Bun', 'Deno', 'Node 26'] as const) {
  test(`${runtime} explains a photo on the command line`, async () => {
    const said = JSON.parse(await runIn(runtime, cli, 'explain', photo, '--json', '--model', model, '--out', 'map.png'));
    expect(said.label).toMatch(panda.label);
    expect(said.module).toBe('cpu-relaxed.wasm');
  });
}

test('Deno and Node, which share their engine, have the same numbers, bit for bit', async () => {
  const [deno, node] = await Promise.all((['Deno', 'Node 26'] as const).map((runtime) => runIn(runtime, cli, 'explain', photo, '--json')));
  expect(deno).toBe(node);
});
