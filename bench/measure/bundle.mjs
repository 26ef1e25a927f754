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
    // For Node.js only, and the peers look before they import them; and what the server has as it is.
    external: ['fs', 'path', 'os', 'worker_threads', 'perf_hooks', 'crypto', 'util', 'node:*', '/static/*'],
    logLevel: 'error',
  });
  return outdir;
}
