// What is published: these files and no others, and types that every kind of project can read.
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { installed, manifestOf, npm, packageFolder, run, tarball } from './npm.ts';
import { common, expect, test } from './project.ts';

const fixed = [
  'LICENSE-APACHE',
  'LICENSE-MIT',
  'README.md',
  'package.json',
  'dist/LICENSE-unzipit.md',
  'model/LICENSE',
  'model/NOTICE',
  'model/efficientnet-lite0.onnx',
  ...['cpu/gradlens_bg', 'cpu/gradlens_relaxed_bg', 'threads/gradlens_bg', 'threads/gradlens_relaxed_bg', 'webgpu/gradlens_bg'].map(
    (file) => `dist/wasm/${file}.wasm`,
  ),
  'dist/wasm/decode/gradlens_bg.wasm',
  // By these names the page's entries find the workers.
  'dist/gradlens/worker.js',
  'dist/gradlens/cpu-worker.js',
];

const published = join(installed, 'node_modules/gradlens');

/** The files that `npm publish` would send: those that npm installed from what it packed. */
async function files(): Promise<string[]> {
  const entries = await readdir(published, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(published, join(entry.parentPath, entry.name)));
}

/** The scripts that these import, and they in turn. */
async function withImported(scripts: string[]): Promise<string[]> {
  const all = new Set(scripts);
  for (const script of all) {
    const code = await readFile(join(published, 'dist', script), 'utf8');
    for (const [, chunk] of code.matchAll(/"\.\/(chunk-\w+\.js)"/g)) all.add(chunk!);
  }
  return [...all];
}

test('it holds what it should, and nothing else', async () => {
  const scripts = await withImported(['index.js', 'direct.js', 'cpu.js', 'core.js', 'element.js', 'worker.js', 'cpu-worker.js', 'cli/main.js']);
  // Nobody imports the program for the command line.
  const sources = (await readdir(join(packageFolder, 'src'), { recursive: true })).filter((file) => /^(?!cli\/).*(?<!\.d)\.ts$/.test(file));
  const expected = [
    ...fixed,
    ...scripts.flatMap((file) => [`dist/${file}`, `dist/${file}.map`]),
    ...sources.map((file) => `dist/${file.replace(/\.ts$/, '.d.ts')}`),
  ];
  expect((await files()).sort()).toEqual(expected.sort());
});

test('every file that its exports name is there', async () => {
  const held = await files();
  const { exports } = await manifestOf(published);
  for (const target of Object.values(exports)) {
    for (const file of typeof target === 'string' ? [target] : Object.values(target)) {
      expect(held).toContain(file.replace('./', ''));
    }
  }
});

test('its source maps hold their sources', async () => {
  const maps = (await files()).filter((file) => file.endsWith('.map'));
  for (const file of maps) {
    const { sources, sourcesContent } = JSON.parse(await readFile(join(published, file), 'utf8'));
    expect(sourcesContent).toHaveLength(sources.length);
    expect(sourcesContent).not.toContain(null);
  }
});

test('npm would publish it as it is', async () => {
  const said = await run(packageFolder, 'sh', '-c', 'npm publish --dry-run --offline --loglevel=notice 2>&1');
  expect(said).toContain('+ gradlens@');
  expect(said).not.toContain('auto-corrected');
});

test('publint has nothing to say', async () => {
  await npm(import.meta.dirname, 'exec', '--', 'publint', 'run', await tarball(), '--strict');
});

test('its types resolve as its code does', async () => {
  // The model and the modules are files for bundlers to name, without types.
  const modules = ['cpu', 'cpu-relaxed', 'cpu-threads', 'cpu-threads-relaxed', 'webgpu', 'decode'].map((name) => `${name}.wasm`);
  const options = ['--profile', 'esm-only', '--exclude-entrypoints', 'model', ...modules];
  await npm(import.meta.dirname, 'exec', '--', 'attw', await tarball(), ...options);
});

/** What only the package makes. */
const made = ['Explainer', 'Explanation', 'DetectedObject']
  .map((name) => `import { ${name} } from 'gradlens';\n// @ts-expect-error\nvoid new ${name}();\n`)
  .join('');
for (const [resolution, module] of [['node', 'es2022'], ['bundler', 'es2022'], ['node16', 'node16'], ['nodenext', 'nodenext']]) {
  test(`TypeScript 5.6 reads all of its types, resolved as by "${resolution}"`, async ({ project }) => {
    const root = await project(common);
    const names = "import { load, renderObjects } from 'gradlens'; import { load as direct } from 'gradlens/direct'; import { load as cpu } from 'gradlens/cpu'; import { load as core } from 'gradlens/core';";
    await writeFile(join(root, 'app.mts'), `${names} void load({ backend: 'cpu' }).then((e) => e.labels); void direct; void cpu; void core; void renderObjects;`);
    await writeFile(join(root, 'made.mts'), made);
    const compilerOptions = { noEmit: true, strict: true, target: 'es2022', lib: ['es2022', 'dom'], types: [], moduleResolution: resolution, module };
    await writeFile(join(root, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.mts', 'made.mts'] }));
    // The last one without generic arrays, which attw brings.
    const attw = createRequire(createRequire(import.meta.url).resolve('@arethetypeswrong/cli/package.json'));
    await run(root, 'node', createRequire(attw.resolve('@arethetypeswrong/core')).resolve('typescript/bin/tsc'));
  });
}

test('what only the package makes cannot be constructed', async ({ project }) => {
  const root = await project(common);
  const classes = ['Explainer', 'Explanation', 'DetectedObject'];
  const lines = classes.map((name) => `// @ts-expect-error: its constructor is private\nnew ${name}();`);
  await writeFile(join(root, 'app.ts'), [`import { ${classes} } from 'gradlens';`, ...lines].join('\n'));
  const compilerOptions = { noEmit: true, strict: true, target: 'es2022', lib: ['es2022', 'dom'], types: [], moduleResolution: 'bundler', module: 'es2022' };
  await writeFile(join(root, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }));
  await run(root, 'node', join(createRequire(import.meta.url).resolve('typescript/package.json'), '../bin/tsc'));
});

test('programs find its package.json, and no published type needs a package', async () => {
  const found = await run(installed, 'node', '--print', "require.resolve('gradlens/package.json')");
  expect(found.trim()).toBe(join(published, 'package.json'));
  for (const file of (await files()).filter((file) => /^dist\/[^/]*\.d\.ts$/.test(file))) {
    expect(await readFile(join(published, file), 'utf8')).not.toMatch(/(from |import\()['"][^.]/);
  }
});

test('its interface is documented', async () => {
  await npm(import.meta.dirname, 'run', 'api');
});
