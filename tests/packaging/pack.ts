// Before the tests: packs the built package as `npm publish` would, and installs it as a user would.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installed, npm, packageFolder, tarball, work } from './npm.ts';

export default async function pack(): Promise<void> {
  await rm(work, { recursive: true, force: true });
  await mkdir(installed, { recursive: true });
  await npm(packageFolder, 'pack', '--pack-destination', work);
  await writeFile(join(installed, 'package.json'), '{ "private": true }');
  await npm(installed, 'install', '--offline', '--no-audit', '--no-fund', await tarball());
}
