// Networks of the caller's: their files, what is known of them, and the right classes through a contract.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import type { ContractParts } from '../../pkg/src/index.ts';
import { wideNetwork, withExternalData } from './onnx.ts';
import { expect, root, test } from './package-page.ts';

const packaged = () => readFile(new URL('pkg/model/efficientnet-lite0.onnx', root));

/** Serves a file to the page from here on. */
const serve = (page: Page, file: string, body: Uint8Array) =>
  page.route(`**/test/${file}`, (route) => route.fulfill({ contentType: 'application/octet-stream', body: Buffer.from(body) }));

test('the network of the package is described', async ({ page }) => {
  const { model, layers, labels, hash } = await page.evaluate(async () => {
    const explainer = await gradlens.load({ backend: 'cpu' });
    const { model, layers, labels } = explainer;
    return { model, layers, labels, hash: await explainer.modelHash() };
  });
  expect(model).toMatchObject({
    name: 'EfficientNet-Lite0',
    opset: 21,
    outputs: [{ name: 'logits', shape: [1, 1000] }],
    score: 'logits',
    contract: {
      input: 'image',
      width: 224,
      height: 224,
      layout: 'nchw',
      channels: 'rgb',
      mean: [127, 127, 127],
      deviation: [128, 128, 128],
      resize: 'fit 32',
      scores: 'softmax',
      sources: { normalisation: 'read', labels: 'read', resize: 'read' },
    },
    defaultLayers: {
      cam: 'head',
      'grad-cam': 'features',
      'grad-cam++': 'features',
      'hires-cam': 'features',
      'layer-cam': 'features',
      'xgrad-cam': 'head',
    },
    objects: 'positions',
    warnings: [],
  });
  expect(model.parameters).toBeGreaterThan(4.6e6);
  expect(model.multiplyAdds).toBeGreaterThan(3.5e8);
  expect(model.operators).toMatchObject({ Conv: 49, Gemm: 1 });
  expect(model.metadata['gradlens.license']).toBe('Apache-2.0');
  expect(layers).toEqual(model.layers);
  expect(layers.find(({ name }) => name === 'features')).toMatchObject({ channels: 320, width: 7, height: 7, stride: 32 });
  expect(layers.find(({ name }) => name === 'head')).toMatchObject({ channels: 1280, width: 7, height: 7 });
  expect(labels).toHaveLength(1000);
  expect(hash).toBe(createHash('sha256').update(await packaged()).digest('hex'));
});

test('a model answers the same with its weights in a second file, given in any way', async ({ page }) => {
  const { model, data } = withExternalData(await packaged(), 'weights.data');
  await serve(page, 'own.onnx', model);
  await serve(page, 'own.data', data);
  const [expected, ...answers] = await page.evaluate(async () => {
    const image = await sample('dog.webp');
    const fetched = async (file: string) => (await fetch(`/test/${file}`)).blob();
    const progress: (number | null)[] = [];
    const files = [
      { model: '/test/own.onnx', externalData: { 'weights.data': '/test/own.data' } },
      { model: await fetch('/test/own.onnx'), externalData: { 'weights.data': await fetch('/test/own.data') } },
      { model: await fetched('own.onnx'), externalData: { 'weights.data': await fetched('own.data') } },
      { model: await fetched('own.onnx'), externalData: { 'weights.data': new Uint8Array(await (await fetched('own.data')).arrayBuffer()) } },
    ];
    const answers = [await (await gradlens.load({ backend: 'cpu' })).classify(image, 3)];
    for (const each of files) {
      const explainer = await gradlens.load({
        backend: 'cpu',
        ...each,
        onProgress: ({ phase, loaded, total }) => phase === 'model' && progress.push(loaded === total ? loaded : null),
      });
      answers.push(await explainer.classify(image, 3));
      explainer.dispose();
      if (progress.at(-1) === null) throw new Error('the model is loaded without having been reported whole');
    }
    return answers;
  });
  for (const answer of answers) expect(answer).toEqual(expected);
});

test('bytes are taken over where one engine uses them', async ({ page }) => {
  const lengths = await page.evaluate(async () => {
    const bytes = await (await fetch('/gradlens/model/efficientnet-lite0.onnx')).arrayBuffer();
    const before = bytes.byteLength;
    await gradlens.load({ backend: 'cpu', model: bytes });
    return [before, bytes.byteLength];
  });
  expect(lengths).toEqual([(await packaged()).length, 0]);
});

test('a map covers what of the picture the network saw', async ({ page }) => {
  const { cropped, letterboxed } = await page.evaluate(async () => {
    const image = new ImageData(400, 200);
    image.data.fill(90);
    const { width, height, data } = await sample('dog.webp');
    for (let y = 0; y < 200; y++) {
      for (let x = 0; x < 400; x++) {
        const from = 4 * (Math.floor((y * height) / 200) * width + Math.floor((x * width) / 400));
        image.data.set(data.subarray(from, from + 4), 4 * (y * 400 + x));
      }
    }
    const explain = async (resize: 'crop 0.875' | 'letterbox') => {
      const explainer = await gradlens.load({ backend: 'cpu', contract: { resize } });
      const { area, map, rawWidth, rawHeight } = await explainer.explain(image, 235, 'layer-cam');
      const columns = Array.from({ length: 400 }, (_, x) => Math.max(...Array.from({ length: 200 }, (_, y) => map[y * 400 + x]!)));
      return { area, grid: [rawWidth, rawHeight], columns };
    };
    return { cropped: await explain('crop 0.875'), letterboxed: await explain('letterbox') };
  });
  expect(cropped.area).toEqual({ x: 112, y: 12, width: 175, height: 175 });
  expect(cropped.grid).toEqual([7, 7]);
  expect(Math.max(...cropped.columns.slice(0, 112), ...cropped.columns.slice(287))).toBe(0);
  expect(Math.max(...cropped.columns.slice(112, 287))).toBeGreaterThan(0.5);
  expect(letterboxed.area).toEqual({ x: 0, y: -100, width: 400, height: 400 });
});

const quarters = [63.75, 63.75, 63.75] as const;
const besides = [
  {
    what: "timm's config.json",
    files: [
      {
        architecture: 'resnet50',
        label_names: ['n01', 'n02', 'n03'],
        label_descriptions: { n01: 'tench', n02: 'goldfish' },
        pretrained_cfg: { input_size: [3, 64, 96], mean: [0.25, 0.25, 0.25], std: [1, 1, 1], crop_pct: 0.95, crop_mode: 'center' },
      },
    ],
    contract: { width: 96, height: 64, resize: 'crop 0.95', mean: quarters, deviation: [255, 255, 255] },
    labels: ['tench', 'goldfish', 'n03'],
  },
  {
    what: "transformers' files",
    files: [
      { id2label: { 1: 'b', 0: 'a', 2: 'c' }, problem_type: 'multi_label_classification' },
      {
        do_center_crop: true,
        size: { shortest_edge: 80 },
        crop_size: { height: 64, width: 64 },
        rescale_factor: 1 / 255,
        image_mean: [0.25, 0.25, 0.25],
        image_std: [0.5, 0.5, 0.5],
      },
    ],
    contract: { width: 64, height: 64, resize: 'crop 0.8', mean: quarters, deviation: [127.5, 127.5, 127.5], scores: 'sigmoid' },
    labels: ['a', 'b', 'c'],
  },
  {
    what: "an image processor's size and labels in lines",
    files: [{ do_resize: true, do_normalize: false, size: { height: 64, width: 96 } }, '0 a cat\n1 a dog\n2 neither\n'],
    contract: { width: 96, height: 64, resize: 'squash', mean: [0, 0, 0], deviation: [255, 255, 255] },
    labels: ['a cat', 'a dog', 'neither'],
  },
  {
    what: "Teachable Machine's metadata.json",
    files: [{ tmVersion: '2.4.5', labels: ['x', 'y', 'z'], imageSize: 96 }],
    contract: { width: 96, height: 96, resize: 'crop 1', mean: [127.5, 127.5, 127.5], deviation: [127.5, 127.5, 127.5] },
    labels: ['x', 'y', 'z'],
  },
];
for (const { what, files, contract, labels } of besides) {
  test(`a contract is read from ${what}`, async ({ page }) => {
    await serve(page, 'own.onnx', wideNetwork(64, 3));
    const texts = files.map((file) => (typeof file === 'string' ? file : JSON.stringify(file)));
    const found = await page.evaluate(async (texts) => {
      const files = texts.map((text) => new File([text], text.startsWith('{') ? 'config.json' : 'labels.txt'));
      const explainer = await gradlens.load({ backend: 'cpu', model: '/test/own.onnx', files });
      const given = { mean: [1, 2, 3], deviation: [4, 5, 6] } as const;
      const own = await gradlens.load({ backend: 'cpu', model: '/test/own.onnx', files, contract: given, labels: ['1', '2', '3'] });
      return { contract: explainer.model.contract, labels: explainer.labels, own: own.model.contract, ownLabels: own.labels };
    }, texts);
    const { mean, deviation, ...rest } = contract;
    expect(found.contract).toMatchObject({ ...rest, sources: { size: 'read', resize: 'read', normalisation: 'read', labels: 'read' } });
    for (const at of [0, 1, 2]) {
      expect(found.contract.mean[at]).toBeCloseTo(mean[at]!, 3);
      expect(found.contract.deviation[at]).toBeCloseTo(deviation[at]!, 3);
    }
    expect(found.labels).toEqual(labels);
    // What the caller says counts more.
    expect(found.own).toMatchObject({ ...rest, mean: [1, 2, 3], sources: { normalisation: 'given', labels: 'given' } });
    expect(found.ownLabels).toEqual(['1', '2', '3']);
  });
}

test('a network opens as its files are picked, and by their addresses', async ({ page }) => {
  const { model, data } = withExternalData(await packaged(), 'weights.data');
  const labels = Array.from({ length: 1000 }, (_, at) => `class ${at}`).join('\n');
  const served = { 'own.onnx': Buffer.from(model), 'weights.data': Buffer.from(data), 'labels.txt': Buffer.from(labels) };
  for (const [name, body] of Object.entries(served)) await serve(page, name, body);
  await page.evaluate(() => {
    document.body.insertAdjacentHTML('beforeend', '<input type="file" multiple id="network">');
  });
  const files = Object.entries(served).map(([name, buffer]) => ({ name, mimeType: 'application/octet-stream', buffer }));
  await page.locator('#network').setInputFiles(files);
  const [expected, ...found] = await page.evaluate(async () => {
    const image = await sample('dog.webp');
    const picked = document.querySelector<HTMLInputElement>('#network')!.files!;
    const addresses = ['/test/labels.txt', '/test/weights.data#1', new URL('/test/own.onnx', location.href)];
    const answers = [await (await gradlens.load({ backend: 'cpu' })).classify(image, 3)];
    for (const files of [picked, addresses]) {
      const explainer = await gradlens.load({ backend: 'cpu', files });
      answers.push(await explainer.classify(image, 3));
      explainer.dispose();
    }
    return answers;
  });
  for (const answer of found) {
    expect(answer).toEqual(expected!.map((prediction) => ({ ...prediction, label: `class ${prediction.classIdx}` })));
  }
});

test('a contract that changes is that of a network loaded with it, also after a call that was given up', async ({ page }) => {
  await serve(page, 'own.onnx', wideNetwork(64, 3));
  const { before, changed, again, expected } = await page.evaluate(async () => {
    const image = await sample('dog.webp');
    const contract = { mean: [0, 0, 0], deviation: [9, 9, 9], channels: 'bgr' } as const;
    const load = (given = {}) => gradlens.load({ backend: 'cpu', model: '/test/own.onnx', ...given });
    const explainer = await load();
    const before = await explainer.classify(image, 3);
    // A call that is given up may still run.
    const stop = new AbortController();
    const given = explainer.explainObjects(image, { signal: stop.signal }).catch(({ code }) => code);
    stop.abort();
    const seen = explainer.setContract(contract, ['x', 'y', 'z']).then(() => explainer.classify(image, 3));
    await given;
    const changed = await seen;
    const fresh = await load({ contract, labels: ['x', 'y', 'z'] });
    return { before, changed, again: explainer.model.contract, expected: { changed: await fresh.classify(image, 3), again: fresh.model.contract } };
  });
  expect(changed).toEqual(expected.changed);
  expect(again).toEqual(expected.again);
  expect(changed.map(({ probability }) => probability)).not.toEqual(before.map(({ probability }) => probability));
});

test('a call says how far it has come, layer by layer', async ({ page }) => {
  const { seen, names } = await page.evaluate(async () => {
    const explainer = await gradlens.load({ backend: 'cpu' });
    const seen: { share: number; layer: string | null }[] = [];
    const inputSize = { width: 672, height: 672 };
    await explainer.explain(await sample('dog.webp'), null, 'grad-cam++', { inputSize, onProgress: (progress) => seen.push(progress) });
    return { seen, names: explainer.layers.map(({ name }) => name) };
  });
  expect(seen.length).toBeGreaterThanOrEqual(4);
  const forward = seen.filter(({ layer }) => layer !== null);
  expect(forward.length).toBeGreaterThanOrEqual(4);
  const places = forward.map(({ layer }) => names.indexOf(layer!));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
  for (const { share } of seen) expect(share).toBeGreaterThan(0);
  for (const { share } of seen) expect(share).toBeLessThanOrEqual(1);
});

test('more memory than WebAssembly has is an error that says how much, and the next call is answered', async ({ page }) => {
  await serve(page, 'wide.onnx', wideNetwork(64, 700));
  const { failure, next } = await page.evaluate(async () => {
    const explainer = await gradlens.load({ backend: 'cpu', model: '/test/wide.onnx' });
    const image = await sample('dog.webp');
    // 700 channels of a million positions are 2.9 GB.
    const inputSize = { width: 1024, height: 1024 };
    const failure = await explainer.explain(image, 0, 'grad-cam', { inputSize }).catch(({ code, message }) => ({ code, message }));
    return { failure, next: (await explainer.classify(image, 1)).length };
  });
  expect(failure).toEqual({ code: 'out-of-memory', message: expect.stringMatching(/\d{4,} MB/) });
  expect(next).toBe(1);
});

const folder = new URL('../shared/models/', root);

interface Own {
  readonly file: string;
  readonly contract: Partial<ContractParts>;
  /** One a line, perhaps behind its index. */
  readonly labels: string | readonly string[];
  /** What the most probable label of a photo says. */
  readonly right: Record<string, RegExp>;
}

const crop = { width: 224, height: 224, resize: 'crop 0.875' } as const;
const animals = { 'dog.webp': /German shepherd/, 'panda.webp': /giant panda/, 'koala.webp': /koala/, 'scarlet_macaw.webp': /macaw/ };
const half = { mean: [127.5, 127.5, 127.5], deviation: [127.5, 127.5, 127.5] } as const;
const raw = { mean: [0, 0, 0], deviation: [1, 1, 1] } as const;
const caffe = { channels: 'bgr', mean: [123.68, 116.779, 103.939], deviation: [1, 1, 1] } as const;
const networks: Own[] = [
  { file: 'mobilenet_v2_1.0_224_f32.onnx', contract: { ...crop, layout: 'nhwc', ...half }, labels: 'imagenet_labels.txt', right: animals },
  { file: 'mobilenet_v2_1.0_224_f16.onnx', contract: { ...crop, layout: 'nhwc', ...half }, labels: 'imagenet_labels.txt', right: animals },
  { file: 'mobilenet_v2_1.0_224_qdq.onnx', contract: { ...crop, layout: 'nhwc', ...raw }, labels: 'imagenet_labels.txt', right: animals },
  { file: 'SqueezeNet_fp16.onnx', contract: { ...crop, ...caffe }, labels: 'squeezenet_labels.txt', right: animals },
  {
    file: 'vgg16_coarse15_f16.onnx',
    contract: { ...crop, ...caffe },
    labels: 'vgg16_coarse15_labels.txt',
    right: { 'dog.webp': /dog/, 'duck.webp': /bird/, 'scarlet_macaw.webp': /bird/, 'chelsea.png': /cat/, 'crocodile.webp': /reptile/, 'lemur.webp': /primate/, 'horse.webp': /hoofed/, 'bison.webp': /hoofed/ },
  },
  {
    file: 'open_nsfw.onnx',
    contract: { ...crop, layout: 'nhwc', channels: 'bgr', mean: [123, 117, 104], deviation: [1, 1, 1] },
    labels: ['safe', 'not safe'],
    right: { 'dog.webp': /^safe/, 'cat.webp': /^safe/, 'panda.webp': /^safe/ },
  },
  {
    file: 'resnet8_cifar10.onnx',
    contract: { width: 32, height: 32, layout: 'nhwc', resize: 'crop 1', ...raw },
    labels: ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'],
    right: { 'horse.webp': /horse/, 'duck.webp': /bird/ },
  },
  {
    file: 'one_logit_efficientnet_b0.onnx',
    contract: { ...crop, mean: [123.675, 116.28, 103.53], deviation: [58.395, 57.12, 57.375] },
    labels: ['drawing', 'real'],
    right: { 'dog.webp': /real/, 'cat.webp': /real/, 'panda.webp': /real/ },
  },
  {
    file: 'tm_catdog.onnx',
    contract: { ...crop, resize: 'crop 1', ...half },
    labels: 'catdog_labels.txt',
    right: { 'dog.webp': /Dog/, 'cat.webp': /Cat/ },
  },
];

test.describe('trained networks of others', () => {
  test.skip(!existsSync(folder), 'the networks are for testing only and do not come with the project');
  for (const { file, contract, labels: named, right } of networks) {
    test(`${file} names what it sees, and every method explains it`, async ({ page }) => {
      await serve(page, 'own.onnx', await readFile(new URL(file, folder)));
      const labels = typeof named === 'string' ? labelsOf(await readFile(new URL(named, folder), 'utf8')) : named;
      const { model, answers } = await page.evaluate(
        async ({ contract, labels, photos }) => {
          const explainer = await gradlens.load({ backend: 'cpu', model: '/test/own.onnx', contract, labels });
          const answers = [];
          for (const photo of photos) {
            const image = await sample(photo);
            const [best] = await explainer.classify(image, 1);
            const maps = [];
            // Those of many runs do the same often, and take minutes.
            for (const { name: method } of explainer.model.methods.filter(({ layer, runs }) => layer && runs <= 2)) {
              const { map, layer } = await explainer.explain(image, best!.classIdx, method);
              maps.push({ method, layer, valid: map.every((value) => value >= 0 && value <= 1) });
            }
            answers.push({ label: best!.label, probability: best!.probability, maps });
          }
          return { model: explainer.model, answers };
        },
        { contract, labels, photos: Object.keys(right) },
      );
      expect(answers.map(({ label }) => label)).toEqual(Object.values(right).map((label) => expect.stringMatching(label)));
      for (const { probability, maps } of answers) {
        expect(probability).toBeGreaterThan(0);
        expect(probability).toBeLessThanOrEqual(1);
        expect(maps.length).toBeGreaterThanOrEqual(5);
        for (const { method, layer, valid } of maps) expect({ method, layer, valid }).toEqual({ method, layer: model.defaultLayers[method], valid: true });
      }
      const { mean, deviation, ...rest } = contract;
      expect(model.contract).toMatchObject({ ...rest, sources: { size: 'given', resize: 'given', normalisation: 'given', labels: 'given' } });
      for (const [given, taken] of [[mean, model.contract.mean], [deviation, model.contract.deviation]]) {
        given!.forEach((value, channel) => expect(taken![channel]).toBeCloseTo(value, 3));
      }
    });
  }
});

function labelsOf(text: string): string[] {
  return text.trimEnd().split(/\r?\n/).map((line) => line.replace(/^\d+[ ,]/, ''));
}
