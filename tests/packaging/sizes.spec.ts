// How large a build is: it holds what its program uses of the package, and no more.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build as vite8 } from 'vite';
import { build as vite7 } from 'vite-7';
import { sizesOf } from './built.ts';
import { npm } from './npm.ts';
import { common, expect, test } from './project.ts';

const quiet = { logLevel: 'error' } as const;
/** How each bundler builds main.js into dist. Those that copy no files are left out: they copy none here either. */
const bundlers: Record<string, (root: string) => Promise<unknown>> = {
  'Vite 8': (root) => vite8({ root, ...quiet }),
  'Vite 7': (root) => vite7({ root, ...quiet }),
  webpack: (root) => npm(root, 'exec', '--', 'webpack', '--mode', 'production', '--entry', './main.js'),
  esbuild: (root) => npm(root, 'exec', '--', 'esbuild', 'main.js', '--bundle', '--minify', '--format=esm', '--outdir=dist', '--log-level=error'),
  rollup: (root) => npm(root, 'exec', '--', 'rollup', 'main.js', '--plugin', 'node-resolve', '--dir', 'dist', '--silent'),
};

/** A program, and the most that it may take: kilobytes of scripts, and the files of modules and models. */
interface Program {
  readonly code: string;
  readonly scripts: number;
  readonly files: Readonly<Record<'.wasm' | '.onnx', number>>;
  /** Only for bundlers that copy files. */
  readonly copies?: true;
}

const programs: Record<string, Program> = {
  'an error class': {
    code: "import { GradlensError } from 'gradlens/core'; console.log(GradlensError.name);",
    scripts: 25,
    files: { '.wasm': 0, '.onnx': 0 },
  },
  'what draws explanations': {
    code: "import { Explanation, renderObjects } from 'gradlens/core'; console.log(Explanation, renderObjects);",
    scripts: 48,
    files: { '.wasm': 0, '.onnx': 0 },
  },
  'a network of its own, with every file given': {
    code: "import { load } from 'gradlens/core'; await load({ model: 'net.onnx', wasmUrl: { cpu: 'cpu.wasm' } });",
    scripts: 200,
    files: { '.wasm': 0, '.onnx': 0 },
  },
  'a network of its own, on the CPU alone': {
    code: "import { load } from 'gradlens/cpu'; await load({ model: 'net.onnx' });",
    // Those of the page and of its worker, which is a file of its own.
    scripts: 160,
    // The CPU's, for one thread and for several, with relaxed SIMD and without, and the decoder of pictures.
    files: { '.wasm': 5, '.onnx': 0 },
    copies: true,
  },
  'a network of its own, with one module': {
    code: `import { load } from 'gradlens/core';
      await load({ model: 'net.onnx', backend: 'cpu', wasmUrl: { cpu: new URL('gradlens/cpu.wasm', import.meta.url) } });`,
    scripts: 200,
    files: { '.wasm': 1, '.onnx': 0 },
    copies: true,
  },
};

for (const [bundler, build] of Object.entries(bundlers)) {
  for (const [name, { code, scripts, files, copies }] of Object.entries(programs)) {
    if (copies && ['esbuild', 'rollup'].includes(bundler)) continue;
    test(`${bundler} builds ${name}`, async ({ project }) => {
      const root = await project(common);
      await writeFile(join(root, 'main.js'), code);
      await build(root);
      const { '.js': js, '.wasm': wasm, '.onnx': onnx } = await sizesOf(join(root, 'dist'));
      expect(js!.bytes).toBeLessThan(1000 * scripts);
      expect({ '.wasm': wasm?.files ?? 0, '.onnx': onnx?.files ?? 0 }).toEqual(files);
      test.info().annotations.push({ type: 'bytes of scripts', description: String(js!.bytes) });
    });
  }
}
