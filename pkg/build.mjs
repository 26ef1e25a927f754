// Bundles the TypeScript sources into dist/. The WebAssembly modules in dist/wasm/ come from
// `cargo xtask build` and stay separate files, so that a page fetches only the one it runs.
import { interpolateInferno, interpolateMagma, interpolateTurbo, interpolateViridis } from 'd3-scale-chromatic';
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';

const root = import.meta.dirname;
const model = await readFile(`${root}/model/efficientnet-lite0.onnx`);
const { version } = JSON.parse(await readFile(`${root}/package.json`, 'utf8'));

/** The size of a WebAssembly module. */
const bytesOf = async (file) => (await stat(`${root}/dist/wasm/${file}_bg.wasm`)).size;
const workers = ['worker', 'cpu-worker'];
const modules = {
  cpu: 'cpu/gradlens',
  relaxed: 'cpu/gradlens_relaxed',
  threads: 'threads/gradlens',
  threadsRelaxed: 'threads/gradlens_relaxed',
  webgpu: 'webgpu/gradlens',
  decode: 'decode/gradlens',
};
const sizes = await Promise.all(Object.entries(modules).map(async ([name, file]) => [name, await bytesOf(file)]));

/** 256 RGB colours as base64: the tables alone are a tenth of the library that makes them. */
function colourTable(interpolate) {
  const colours = Array.from({ length: 256 }, (_, i) => parse(interpolate(i / 255)));
  return Buffer.from(colours.flat()).toString('base64');
}

/** d3 writes a colour as `#rrggbb` or `rgb(r, g, b)`. */
function parse(css) {
  return css.startsWith('#')
    ? [1, 3, 5].map((at) => Number.parseInt(css.slice(at, at + 2), 16))
    : css.match(/\d+/g).map(Number);
}

for (const file of ['README.md', 'LICENSE-MIT', 'LICENSE-APACHE']) {
  await copyFile(`${root}/../${file}`, `${root}/${file}`);
}
// Chunks carry a hash in their names: old ones would stay.
await mkdir(`${root}/dist`, { recursive: true });
for (const file of await readdir(`${root}/dist`)) {
  if (file !== 'wasm') await rm(`${root}/dist/${file}`, { recursive: true });
}
// Its code is in a chunk.
await copyFile(`${root}/node_modules/unzipit/LICENSE.md`, `${root}/dist/LICENSE-unzipit.md`);
const options = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  sourcemap: true,
  plugins: [{ name: 'glue', setup: withGlue }],
  define: {
    __VERSION__: JSON.stringify(version),
    __MODEL_SHA256__: JSON.stringify(createHash('sha256').update(model).digest('hex')),
    __MODEL_BYTES__: String(model.length),
    __WASM_BYTES__: JSON.stringify(Object.fromEntries(sizes)),
    __COLOUR_TABLES__: JSON.stringify({
      turbo: colourTable(interpolateTurbo),
      viridis: colourTable(interpolateViridis),
      inferno: colourTable(interpolateInferno),
      magma: colourTable(interpolateMagma),
    }),
  },
  logLevel: 'warning',
};
// Chunks lie beside the entry points: assets are found relative to the file that asks for them.
await build({
  ...options,
  entryPoints: ['index', 'direct', 'cpu', 'core'].map((name) => `src/${name}.ts`),
  splitting: true,
  chunkNames: 'chunk-[hash]',
});
// A worker is one file, which bundlers may also write as a plain script.
await build({ ...options, entryPoints: workers.map((name) => `src/${name}.ts`) });
await mkdir(`${root}/dist/gradlens`);
for (const name of workers) await writeFile(`${root}/dist/gradlens/${name}.js`, `import '../${name}.js';\n`);
// By itself: it needs the package once there is an element in a page.
await build({ ...options, entryPoints: ['src/element.ts'], external: ['./index.js'] });
// Node runs it, beside the entry for the calling thread.
await build({
  ...options,
  entryPoints: ['src/cli/main.ts'],
  outdir: 'dist/cli',
  platform: 'node',
  external: ['../direct.js'],
  banner: { js: '#!/usr/bin/env node' },
});

/** Has the scripts that start the modules, which wasm-bindgen wrote, be a part of what imports them. */
function withGlue({ onResolve, onLoad }) {
  onResolve({ filter: /^\.\/wasm\/\w+\/gradlens\.js$/ }, ({ path }) => ({ path: `${root}/dist/${path}`, sideEffects: false }));
  // It never looks for its module itself, and bundlers must not.
  onLoad({ filter: /wasm\/\w+\/gradlens\.js$/ }, async ({ path }) => ({
    contents: (await readFile(path, 'utf8')).replace("new URL('gradlens_bg.wasm', import.meta.url)", 'undefined'),
  }));
}
