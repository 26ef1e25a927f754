// The package in a web view with a protocol of its own. Needs Debian's gir1.2-webkit2-4.1, python3-gi and xvfb.
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expectWithin, panda, photo } from '../explained.ts';
import { run } from '../npm.ts';
import { common, edit, expect, test } from '../project.ts';

const program = join(import.meta.dirname, 'projects/web-view');

test('a web view explains a photo in a worker', async ({ project }) => {
  const root = await project(join(program, 'page'), common);
  await edit(join(root, 'explain-photo.js'), "'gradlens'", "'./node_modules/gradlens/dist/index.js'");
  await cp(photo, join(root, 'photo.webp'));
  // A container may lack what its sandbox stands on, and has no GPU.
  const env = ['WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS=1', 'LIBGL_ALWAYS_SOFTWARE=1'];
  const said = await run(root, 'env', ...env, 'xvfb-run', '--auto-servernum', '/usr/bin/python3', join(program, 'main.py'), root);
  expect(said).toContain('{');
  const { label, backend, x, y } = JSON.parse(said);
  expect(label).toMatch(panda.label);
  expect(backend).toBe('cpu');
  expectWithin(x, panda.x);
  expectWithin(y, panda.y);
});
