// `npx gradlens`: the same numbers on a command line as in a page, and what people do with them.
import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { panda, photo } from './explained.ts';
import { installed, run, samplesFolder } from './npm.ts';
import { common, expect, projects, test } from './project.ts';

const packaged = 'node_modules/gradlens';
const network = join(import.meta.dirname, '../corpus/onnx/residual.onnx');

interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

/** Runs it in a folder as people do. */
function gradlens(folder: string, ...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile('npx', ['--offline', 'gradlens', ...args], { cwd: folder, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

/** Where the package is installed, with a folder of photos: a panda, a dog, and one that is broken. */
async function withPhotos(project: (...folders: string[]) => Promise<string>): Promise<string> {
  const root = await project(join(projects, 'page'), common);
  await mkdir(join(root, 'photos/more'), { recursive: true });
  await copyFile(photo, join(root, 'photos/panda.webp'));
  await copyFile(join(samplesFolder, 'dog.webp'), join(root, 'photos/more/dog.webp'));
  await writeFile(join(root, 'photos/broken.jpg'), 'no picture');
  return root;
}

test('it says what is on a photo', async () => {
  const { status, stdout, stderr } = await gradlens(installed, 'explain', photo);
  expect(stdout).toMatch(panda.label);
  expect(stdout).toMatch(/^\S+panda\.webp: .+, \d+ %\n$/);
  // Nobody watches.
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

for (const [how, model, options] of [
  ['by the network of the package', undefined, { method: 'layer-cam', layer: 'head', inputSize: 320 }],
  ['by a network of its own', network, { method: 'grad-cam++' }],
] as const) {
  test(`its numbers are those of a page, bit for bit, ${how}`, async ({ page, project, serve }) => {
    const root = await project(common);
    const asked = Object.entries({ ...options, class: 0, ...(model && { model }) }).flatMap(([name, value]) => [
      `--${name.replace('inputSize', 'input-size')}`,
      String(value),
    ]);
    const { stdout } = await gradlens(root, 'explain', photo, '--json', ...asked);
    const { photo: file, module, map, ...said } = JSON.parse(stdout);
    expect(file).toBe(photo);
    // The page computes by the same module, on the same pixels.
    const pixels = `
      import { readFile, writeFile } from 'node:fs/promises';
      import { readPicture } from 'gradlens/direct';
      const { data, width, height } = await readPicture(await readFile('${photo}'));
      await writeFile('pixels', data);
      console.log(JSON.stringify({ width, height }));`;
    const size = JSON.parse(await run(root, 'node', '--input-type=module', '--eval', pixels));
    if (model) await copyFile(model, join(root, 'network.onnx'));
    const build = module === 'cpu.wasm' ? 'gradlens_bg.wasm' : 'gradlens_relaxed_bg.wasm';
    await page.goto(await serve(root));
    const answer = await page.evaluate(
      async ({ entry, size, options, network, cpu }) => {
        const { load } = await import(entry);
        const data = new Uint8ClampedArray(await (await fetch('pixels')).arrayBuffer());
        const explainer = await load({ backend: 'cpu', wasmUrl: { cpu }, ...(network && { model: network }) });
        const { raw, rawWidth, rawHeight, area, ...rest } = await explainer.explain({ data, ...size }, { ...options, classIdx: 0 });
        const { classIdx, label, probability, logit, method, layer, width, height } = rest;
        const map = { width: rawWidth, height: rawHeight, area: { ...area }, values: Array.from(raw) };
        return { classIdx, label, probability, logit, method, layer, width, height, map };
      },
      {
        entry: new URL(`${packaged}/dist/index.js`, page.url()).href,
        size,
        options,
        network: model && 'network.onnx',
        cpu: `${packaged}/dist/wasm/cpu/${build}`,
      },
    );
    expect({ ...said, map }).toEqual(answer);
    expect(map.values.some((value: number) => value > 0)).toBe(true);
  });
}

test('it writes the photo with the map over it, and a class is named by a word', async ({ page, project, serve }) => {
  const root = await withPhotos(project);
  const { stdout, status } = await gradlens(root, 'explain', 'photos/panda.webp', '--class', 'Panda', '--out', 'maps/map.png', '--opacity', '1');
  expect(status).toBe(0);
  expect(stdout).toMatch(panda.label);
  await page.goto(await serve(root));
  const { sizes, changed, hottest } = await page.evaluate(async () => {
    const pixelsOf = async (address: string) => {
      const bitmap = await createImageBitmap(await (await fetch(address)).blob());
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      return context.getImageData(0, 0, bitmap.width, bitmap.height);
    };
    const [before, after] = [await pixelsOf('photos/panda.webp'), await pixelsOf('maps/map.png')];
    const changed = (x: number, y: number) => {
      const at = 4 * (Math.floor(y * before.height) * before.width + Math.floor(x * before.width));
      return Math.max(...[0, 1, 2].map((channel) => Math.abs(before.data[at + channel]! - after.data[at + channel]!)));
    };
    const places = Array.from({ length: 400 }, (_, i) => [((i % 20) + 0.5) / 20, (Math.floor(i / 20) + 0.5) / 20] as const);
    const most = places.reduce((most, place) => (changed(...place) > changed(...most) ? place : most));
    return { sizes: [before, after].map(({ width, height }) => [width, height]), changed: places.map((place) => changed(...place)), hottest: most };
  });
  expect(sizes[0]).toEqual(sizes[1]);
  // Where nothing speaks for the class the photo stays, but for what two decoders round.
  expect(changed.filter((most) => most <= 2).length).toBeGreaterThan(20);
  expect(changed.filter((most) => most > 100).length).toBeGreaterThan(20);
  expect(hottest[0]).toBeGreaterThan(panda.x[0]);
  expect(hottest[0]).toBeLessThan(panda.x[1]);
});

test('of a folder it makes a table and a folder of maps, and one broken photo stops nothing', async ({ project }) => {
  const root = await withPhotos(project);
  const { status, stdout, stderr } = await gradlens(root, 'explain', 'photos', '--csv', 'out.csv', '--out', 'maps');
  expect(status).toBe(1);
  expect(stderr).toMatch(/^gradlens: photos\/broken\.jpg: .+\n$/);
  expect(stdout.split('\n').map((line) => line.split(':')[0])).toEqual(['photos/more/dog.webp', 'photos/panda.webp', '']);
  for (const name of ['more/dog.webp', 'panda.webp']) {
    expect((await readFile(join(root, `maps/${name}.png`))).toString('latin1', 1, 4)).toBe('PNG');
  }
  const [header, broken, dog, bear, ...rest] = (await readFile(join(root, 'out.csv'), 'utf8')).split('\r\n');
  expect(header).toBe('\uFEFFphoto,class_index,label,probability,logit,method,layer,empty_map,hottest_x,hottest_y,error');
  expect(broken).toMatch(/^photos\/broken\.jpg(,){10}.+/);
  expect(dog).toMatch(/^photos\/more\/dog\.webp,\d+,/);
  expect(bear).toMatch(/^photos\/panda\.webp,388,giant panda.*,0\.\d+,[\d.]+,grad-cam\+\+,features,false,[\d.]+,[\d.]+,$/);
  expect(rest).toEqual(['']);
});

test('what is wrong is said, with the status that tells what it was', async ({ project }) => {
  const root = await withPhotos(project);
  const [help, version] = await Promise.all(['--help', '--version'].map((option) => gradlens(root, option)));
  expect(help).toMatchObject({ status: 0, stdout: expect.stringContaining('gradlens explain PHOTO... [options]'), stderr: '' });
  expect(version!.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  const said: [args: string[], status: number, message: RegExp][] = [
    [['expalin', 'a.jpg'], 2, /there is no command "expalin"/],
    [['explain'], 2, /no photo is named/],
    [['explain', 'none.jpg'], 2, /there is no file or folder "none\.jpg"/],
    [['explain', 'photos', '--mehtod', 'cam'], 2, /--mehtod/],
    [['explain', 'photos', '--opacity', 'half'], 2, /--opacity is "half"; it must be a number/],
    [['explain', 'photos', '--out', 'map.png'], 2, /one file for 3 photos; name a folder/],
    [['explain', 'photos/panda.webp', '--contract', '{'], 2, /--contract is no JSON/],
    [['explain', 'photos/panda.webp', '--class', 'unicorn'], 1, /no class is called "unicorn"/],
    [['explain', 'photos/panda.webp', '--method', 'cma'], 1, /"cma"/],
    [['explain', 'photos/panda.webp', '--model', 'package.json'], 1, /there is no network among the files "package\.json"/],
  ];
  for (const [args, status, message] of said) {
    const ended = await gradlens(root, ...args);
    expect(ended.stderr).toMatch(message);
    expect({ status: ended.status, stdout: ended.stdout }).toEqual({ status, stdout: '' });
    expect(ended.stderr).not.toContain('    at ');
  }
});
