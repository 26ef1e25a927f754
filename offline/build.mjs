// Bundles the service worker into a site: node build.mjs SITE. It holds the list of the site's
// files with their hashes, so this comes last, when they are all there.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { getManifest } from 'workbox-build';

const [site] = process.argv.slice(2);
const webgpu = 'gradlens/dist/wasm/webgpu/**';
/** Of the package what the pages do not load: other entries, and what the workers hold already. */
const unused = ['gradlens/dist/{direct,cpu,core,element}.js', 'gradlens/dist/**/cpu-worker.js', 'gradlens/dist/wasm/**/*.js'];
/** Examples, fetched when one is chosen. */
const networks = 'networks/**';
/** For browsers whose canvases lie, and for callers of the package: the page does without. */
const decoder = 'gradlens/dist/wasm/decode/**';

/** The files that match, with their hashes. */
async function list(globPatterns, globIgnores, manifestTransforms = []) {
  const { manifestEntries, warnings } = await getManifest({
    globDirectory: site,
    globPatterns,
    globIgnores,
    manifestTransforms,
    // The model has 9 MB and the WebGPU module 6 MB; Workbox leaves out what is over 2 MB.
    maximumFileSizeToCacheInBytes: 32e6,
  });
  if (warnings.length > 0) throw new Error(warnings.join('\n'));
  return manifestEntries;
}

/** Adds what lets Workbox check a file that it keeps at its first use. */
async function withIntegrity(manifest) {
  const integrity = async (url) => {
    const hash = createHash('sha256').update(await readFile(join(site, url)));
    return `sha256-${hash.digest('base64')}`;
  };
  return { manifest: await Promise.all(manifest.map(async (entry) => ({ ...entry, integrity: await integrity(entry.url) }))) };
}

await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ['service-worker.ts'],
  outfile: join(site, 'service-worker.js'),
  bundle: true,
  format: 'iife',
  target: 'es2022',
  minify: true,
  define: {
    'process.env.NODE_ENV': '"production"',
    // Sample photos, 2.7 MB, are kept too: they are what a visitor has at hand without a network.
    __SITE__: JSON.stringify(
      await list(
        ['**/*.{html,css,js,svg,png,webp,webmanifest,json,wasm,onnx}'],
        ['service-worker.js', ...unused, webgpu, networks, decoder],
      ),
    ),
    __WEBGPU__: JSON.stringify(await list([`${webgpu}/*.wasm`], [], [withIntegrity])),
  },
  logLevel: 'warning',
});
