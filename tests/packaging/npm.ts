// npm as a user runs it, and where things are.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');
export const packageFolder = join(root, 'pkg');
export const examplesFolder = join(root, 'examples');
export const samplesFolder = join(root, 'www/samples');
/** Where the tests make their projects: below the node_modules that holds the bundlers. */
export const work = join(import.meta.dirname, '.work');
/** An empty project with the packed package installed. */
export const installed = join(work, 'installed');

/** A package.json, as far as it matters here. */
export interface Manifest {
  version: string;
  exports: Record<string, string | Record<string, string>>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

export async function manifestOf(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
}

/** The file that `npm pack` made. */
export async function tarball(): Promise<string> {
  const { version } = await manifestOf(packageFolder);
  return join(work, `gradlens-${version}.tgz`);
}

/** What a program printed; a failure says all that it printed. */
export async function run(folder: string, program: string, ...args: string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { cwd: folder });
    return stdout;
  } catch (error) {
    const { message, stdout } = error as Error & { stdout: string };
    throw new Error(`${message}\n${stdout}`);
  }
}

export function npm(folder: string, ...args: string[]): Promise<string> {
  return run(folder, 'npm', '--loglevel=error', ...args);
}
