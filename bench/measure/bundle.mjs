// A contender's code as its users would ship it.
import { build } from 'esbuild';
import { basename } from 'node:path';

/**
 * Bundles a module of page/ and answers with the folder that holds it as main.js.
 * @param {string} module
 * @param {string} folder for all bundles
 */
export async function bundle(module, folder) {
  const outdir = `${folder}/${basename(module, '.js')}`;
  await build({
    absWorkingDir: new URL('..', import.meta.url).pathname,
    entryPoints: [`page/${module}`],
    outdir,
    entryNames: 'main',
    chunkNames: 'chunk-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    minify: true,
    legalComments: 'none',
    // For Node.js only; the peers look before they import them.
    external: ['fs', 'path', 'os', 'worker_threads', 'perf_hooks', 'crypto', 'util', 'node:*'],
    logLevel: 'error',
  });
  return outdir;
}
