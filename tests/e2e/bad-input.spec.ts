// Each bad input gets a typed error that says what is right, and the next call works.
import { readFile } from 'node:fs/promises';
import type { Page, Route } from '@playwright/test';
import { withExternalData, withOperator, withoutTensor } from './onnx.ts';
import { expect, root, test, workerAfter } from './package-page.ts';

const model = () => readFile(new URL('pkg/model/efficientnet-lite0.onnx', root));

interface Thrown {
  name: string;
  code: string;
  message: string;
}

/** Runs code on the page that is expected to throw. */
async function thrownBy(page: Page, code: string): Promise<Thrown> {
  return page.evaluate(async (code) => {
    try {
      await new Function(`return (async () => { ${code} })()`)();
    } catch (error) {
      const { name, code, message } = error as Thrown;
      return { name: error instanceof gradlens.GradlensError ? name : `not a GradlensError: ${name}`, code, message };
    }
    return { name: 'nothing was thrown', code: '', message: '' };
  }, code);
}

function expectThrown(thrown: Thrown, code: string, message: RegExp) {
  expect(thrown).toMatchObject({ name: code === 'aborted' ? 'AbortError' : 'GradlensError', code });
  expect(thrown.message).toMatch(message);
}

test.describe('a call', () => {
  const image = 'const image = new ImageData(40, 30); image.data.fill(200);';
  const object = '{ explanation: await explainer.explain(image, 1) }';
  const rows: [title: string, call: string, code: string, message: RegExp][] = [
    ['a negative class', 'explainer.explain(image, -1)', 'invalid-class', /whole number from 0 to 999/],
    ['a fractional class', 'explainer.explain(image, 1.5)', 'invalid-class', /no class 1\.5/],
    ['NaN as class', 'explainer.explain(image, NaN)', 'invalid-class', /no class NaN/],
    ['class 1000', 'explainer.explain(image, 1000)', 'invalid-class', /no class 1000/],
    ['no classes', 'explainer.explainMany(image, [])', 'invalid-class', /at least one class/],
    ['no typed classes', 'explainer.explainMany(image, new Int32Array(0))', 'invalid-class', /at least one class/],
    ['a typed class that is none', 'explainer.explainMany(image, Int32Array.of(3, 1000))', 'invalid-class', /no class 1000/],
    ['classes beyond 53 bits', 'explainer.explainMany(image, BigInt64Array.of(3n))', 'invalid-class', /no class 3/],
    ['bytes as classes', 'explainer.explainMany(image, new ArrayBuffer(4))', 'invalid-class', /at least one class/],
    ['arguments by name and by position', 'explainer.explain(image, { classIdx: 1 }, "cam")', 'invalid-argument', /"classIdx", "method" and the options come one by one or in one object/],
    ['options by name and behind', 'explainer.classify(image, { topK: 1 }, {})', 'invalid-argument', /not both/],
    ['an unknown name', 'explainer.explain(image, { class: 1 })', 'invalid-argument', /no option "class" here; the options are .*"classIdx", "method"/],
    ['a name by position', 'explainer.explain(image, 1, "cam", { method: "cam" })', 'invalid-argument', /no option "method" here/],
    ['a class by name that is none', 'explainer.explain(image, { classIdx: -1 })', 'invalid-class', /whole number from 0 to 999/],
    ['a method by name that is none', 'explainer.explainMany(image, [1], { method: "lime" })', 'unknown-method', /"grad-cam\+\+"/],
    ['a target beside a class by name', 'explainer.explain(image, { classIdx: 1, target: { weights: [[1, 1]] } })', 'invalid-target', /a class or a target/],
    ['a list of classes for one', 'explainer.explain(image, [1, 2])', 'invalid-target', /at least one pair/],
    ['null options behind', 'explainer.explain(image, 1, "cam", null)', 'invalid-argument', /the options are "null"/],
    ['methods by name that are none', 'explainer.faithfulness(image, { methods: "cam" })', 'unknown-method', /at least one method/],
    ['an option that there is not', 'explainer.explain(image, 1, "cam", { size: 320 })', 'invalid-argument', /no option "size" here; the options are .*"inputSize"/],
    ['a layer where none is taken', 'explainer.classify(image, 3, { layer: "head" })', 'invalid-argument', /no option "layer" here/],
    ['a colormap as options', '(await explainer.explain(image, 1)).toImageData("jet")', 'invalid-argument', /the options are "jet"; they must be an object/],
    ['an unknown method', 'explainer.explain(image, 1, "deep-lift")', 'unknown-method', /"grad-cam\+\+"/],
    ['an unknown layer', 'explainer.explain(image, 1, "grad-cam", { layer: "heat" })', 'unknown-layer', /no layer "heat"; the nearest are "head"/],
    ['a layer that is no name', 'explainer.explain(image, 1, "grad-cam", { layer: 7 })', 'unknown-layer', /explainer\.layers/],
    ['a layer without positions', 'explainer.explain(image, 1, "grad-cam", { layer: "logits" })', 'invalid-layer', /"logits" cannot be a target layer/],
    ['cam off the head', 'explainer.explain(image, 1, "cam", { layer: "features" })', 'method-needs-head', /not defined at "features".*it is at "head"/],
    ['a target beside a class', 'explainer.explain(image, 1, "grad-cam", { target: { weights: [[1, 1]] } })', 'invalid-target', /a class or a target/],
    ['a target of nothing', 'explainer.explain(image, null, "grad-cam", { target: { weights: [] } })', 'invalid-target', /at least one pair/],
    ['a target that is a number', 'explainer.explain(image, null, "grad-cam", { target: 7 })', 'invalid-target', /options.target, an object/],
    ['a target with an infinite weight', 'explainer.explain(image, null, "grad-cam", { target: { weights: [[1, Infinity]] } })', 'invalid-target', /pair of numbers/],
    ['a target beyond the output', 'explainer.explain(image, null, "grad-cam", { target: { weights: [[1000, 1]] } })', 'invalid-target', /index 1000.*go to 999/],
    ['a target at half an index', 'explainer.explain(image, null, "grad-cam", { target: { weights: [[0.5, 1]] } })', 'invalid-target', /\[\[index, weight\]/],
    ['a target of an unknown output', 'explainer.explain(image, null, "grad-cam", { target: { output: "boxes", weights: [[0, 1]] } })', 'invalid-target', /no output "boxes"; the outputs are "logits"/],
    ['one bad target of two', 'explainer.explainMany(image, [1, {}])', 'invalid-target', /at least one pair/],
    ['activations of no layer', 'explainer.activations(image)', 'unknown-layer', /explainer\.layers/],
    ['activations of an unknown layer', 'explainer.activations(image, "heat")', 'unknown-layer', /nearest/],
    ['gradients of no class', 'explainer.gradients(image, null, "head")', 'invalid-class', /no class null/],
    ['gradients at half a class', 'explainer.gradients(image, 0.5, "head")', 'invalid-class', /no class 0\.5/],
    ['an unknown colormap', '(await explainer.explain(image, 1)).toImageData({ colormap: "rainbow" })', 'unknown-colormap', /"viridis"/],
    ['an opacity of 2', '(await explainer.explain(image, 1)).toImageData({ opacity: 2 })', 'invalid-argument', /0 to 1/],
    ['an input size of 225', 'explainer.explain(image, 1, "grad-cam", { inputSize: 225 })', 'invalid-input-size', /multiple of 32/],
    ['an input size of -32', 'explainer.explain(image, 1, "grad-cam", { inputSize: -32 })', 'invalid-input-size', /-32/],
    ['a giant input size', 'explainer.explain(image, 1, "grad-cam", { inputSize: 4096 })', 'invalid-input-size', /at most/],
    ['an input size beyond 32 bits', 'explainer.explain(new ImageData(200, 100), 1, "grad-cam", { inputSize: 2147483648 })', 'invalid-input-size', /at most/],
    ['a side beyond 16 bits', 'explainer.explain(new ImageData(1, 70000), 1)', 'image-too-large', /65.?535/],
    ['a topK of 0', 'explainer.classify(image, 0)', 'invalid-argument', /at least 1/],
    ['an address of nothing', 'explainer.explain("photo.jpg", 1)', 'invalid-image', /photo\.jpg.*404/],
    ['a number for a picture', 'explainer.explain(7, 1)', 'invalid-image', /none of: an ImageData/],
    ['null for a picture', 'explainer.classify(null)', 'invalid-image', /none of: an ImageData/],
    ['an ImageData of 16-bit floats', 'explainer.explain(new ImageData(4, 4, { pixelFormat: "rgba-float16" }), 1)', 'invalid-image', /an ImageData with 8 bits a channel/],
    ['0 pixels', 'explainer.explain({ data: new Uint8ClampedArray(0), width: 0, height: 0 }, 1)', 'invalid-image', /at least 1 x 1/],
    ['too few bytes', 'explainer.explain({ data: new Uint8ClampedArray(100), width: 10, height: 10 }, 1)', 'invalid-image', /400/],
    ['values of 16 bits', 'explainer.explain({ data: new Uint16Array(4), width: 1, height: 1 }, 1)', 'invalid-image', /none of: an ImageData/],
    ['values that are halves', 'explainer.explain({ data: new (globalThis.Float16Array ?? Float32Array)(4), width: 1, height: 1 }, 1)', 'invalid-image', /none of: an ImageData/],
    ['an input size of nothing', 'explainer.explain(image, 1, "grad-cam", { inputSize: {} })', 'invalid-input-size', /whole number/],
    ['a long side of 100', 'explainer.explainObjects(image, { inputSize: { longSide: 100 } })', 'invalid-input-size', /multiple of 32/],
    ['no objects at all', 'explainer.explainObjects(image, { maxObjects: 0 })', 'invalid-argument', /maxObjects.*at least 1/],
    ['a score above 1', 'explainer.explainObjects(image, { minScore: 1.5 })', 'invalid-argument', /minScore.*0 to 1/],
    ['a threshold of 0', 'explainer.explainObjects(image, { threshold: 0 })', 'invalid-argument', /threshold.*above 0/],
    ['objects by an unknown method', 'explainer.explainObjects(image, { method: "lime" })', 'unknown-method', /"grad-cam\+\+"/],
    ['objects of no picture', 'explainer.explainObjects({})', 'invalid-image', /none of: an ImageData/],
    ['null for options', 'explainer.explainObjects(image, null)', 'invalid-argument', /options/],
    ['no methods to measure', 'explainer.faithfulness(image, 1, [])', 'unknown-method', /at least one method/],
    ['an unknown method to measure', 'explainer.faithfulness(image, 1, ["deep-lift"])', 'unknown-method', /"grad-cam\+\+"/],
    ['a class to measure that is none', 'explainer.faithfulness(image, 1000, ["cam"])', 'invalid-class', /no class 1000/],
    ['a million steps', 'explainer.faithfulness(image, 1, ["cam"], { curveSteps: 1e6 })', 'invalid-argument', /0 to 1000/],
    ['half a step', 'explainer.faithfulness(image, 1, ["cam"], { curveSteps: 0.5 })', 'invalid-argument', /curveSteps/],
    ['a background that there is not', 'explainer.faithfulness(image, 1, ["cam"], { background: "white" })', 'invalid-argument', /"white" is no background; it is "black", "mean"/],
    ['a blur of no radius', 'explainer.faithfulness(image, 1, ["cam"], { background: "blur 0" })', 'invalid-argument', /a radius above 0/],
    ['a background that is no name', 'explainer.faithfulness(image, 1, ["cam"], { background: [0, 0, 0] })', 'invalid-argument', /must be "black", "mean"/],
    ['yardsticks by name', 'explainer.faithfulness(image, 1, ["cam"], { yardsticks: "edges" })', 'invalid-argument', /yardsticks is edges; it must be true or false/],
    ['a seed below 0', 'explainer.faithfulness(image, 1, ["cam"], { seed: -1 })', 'invalid-argument', /seed is -1/],
    ['a mask of another size', 'explainer.faithfulness(image, 1, ["cam"], { truth: new Uint8Array(7) })', 'invalid-argument', /40 x 30 = 1200/],
    ['an empty mask', 'explainer.faithfulness(image, 1, ["cam"], { truth: new Uint8Array(1200) })', 'invalid-argument', /covers no place/],
    ['a box beside the picture', 'explainer.faithfulness(image, 1, ["cam"], { truth: { x: 50, y: 0, width: 9, height: 9 } })', 'invalid-argument', /covers a part/],
    ['a delta of 0', 'explainer.faithfulness(image, 1, ["cam"], { truth: { x: 0, y: 0, width: 9, height: 9 }, delta: 0 })', 'invalid-argument', /delta/],
    ['no array of objects', 'gradlens.renderObjects("dog")', 'invalid-argument', /as explainObjects gives it/],
    ['an object without a map', 'gradlens.renderObjects([{ label: "dog" }])', 'invalid-argument', /as explainObjects gives it/],
    ['objects of two pictures', `gradlens.renderObjects([${object}, { explanation: await explainer.explain(new ImageData(8, 8), 1) }])`, 'invalid-argument', /40 x 30 and 8 x 8.*one picture/],
    ['an opacity of -1 for objects', `gradlens.renderObjects([${object}], { opacity: -1 })`, 'invalid-argument', /0 to 1/],
    ['an empty palette', `gradlens.renderObjects([${object}], { palette: [] })`, 'invalid-argument', /at least one colour/],
    ['a palette of names', `gradlens.renderObjects([${object}], { palette: ["red"] })`, 'invalid-argument', /\[red, green, blue\]/],
    ['a colour beyond 255', `gradlens.renderObjects([${object}], { palette: [[0, 0, 256]] })`, 'invalid-argument', /0 to 255/],
    ['an object that is not there', `gradlens.renderObjects([${object}], { only: 1 })`, 'invalid-argument', /only is 1; .*one of the 1 objects/],
    ['a width of half a pixel', `gradlens.renderObjects([${object}], { width: 0.5 })`, 'invalid-argument', /width is 0.5.*whole number/],
    ['an overlay of no width', '(await explainer.explain(image, 1)).toImageData({ width: 0 })', 'invalid-argument', /width is 0.*at least 1/],
    ['over 64 megapixels', 'explainer.explain({ data: new Uint8ClampedArray(4), width: 8001, height: 8000 }, 1)', 'image-too-large', /64 million/],
  ];

  test('is refused by code and words, and leaves the explainer working', async ({ page }) => {
    await page.evaluate(async () => {
      globalThis.explainer = await gradlens.load({ backend: 'cpu' });
    });
    for (const [title, call, code, message] of rows) {
      await test.step(title, async () => {
        expectThrown(await thrownBy(page, `${image} await ${call}`), code, message);
        const next = await page.evaluate(async () => (await explainer.explain(new ImageData(8, 8), 1)).map.length);
        expect(next).toBe(64);
      });
    }
  });

  test('after dispose is refused, and a new explainer works', async ({ page }) => {
    const load = `const explainer = await gradlens.load({ backend: 'cpu' }); ${image}`;
    expectThrown(await thrownBy(page, `${load} explainer.dispose(); await explainer.classify(image)`), 'disposed', /load a new one/);
    const pending = `${load} const call = explainer.classify(image); explainer.dispose(); await call`;
    expectThrown(await thrownBy(page, pending), 'disposed', /load a new one/);
  });
});

test.describe('a load', () => {
  /** Answers requests for a file from here on. */
  const serve = (page: Page, file: string, answer: (route: Route) => Promise<void>) => page.route(`**/${file}`, answer);
  const load = (backend = 'cpu') => `await gradlens.load({ backend: '${backend}' })`;

  test('options that are none are refused', async ({ page }) => {
    expectThrown(await thrownBy(page, "await gradlens.load('/m.onnx')"), 'invalid-argument', /the options are "\/m\.onnx"; they must be an object/);
    expectThrown(await thrownBy(page, "await gradlens.load({ modelUrl: '/m.onnx' })"), 'invalid-argument', /no option "modelUrl" here; .*"model"/);
  });

  const models: [title: string, answer: (route: Route) => Promise<void>, code: string, message: RegExp][] = [
    ['a missing model', (route) => route.fulfill({ status: 404, body: 'no' }), 'model-unavailable', /efficientnet-lite0\.onnx: the server answered 404; .*end in \.onnx.*application\/octet-stream/],
    ['HTML in place of the model', (route) => route.fulfill({ contentType: 'text/html', body: '<p>app' }), 'model-unavailable', /efficientnet-lite0\.onnx: .*HTML page.*end in \.onnx/],
    ['HTML that says it is binary', (route) => route.fulfill({ contentType: 'application/octet-stream', body: '<!doctype html><p>app' }), 'invalid-model', /damaged/],
    ['a truncated model', async (route) => route.fulfill({ body: (await model()).subarray(0, 5_000_000) }), 'invalid-model', /damaged/],
    ['a flipped byte of the weights', async (route) => route.fulfill({ body: flipped(await model(), 4_000_000) }), 'invalid-model', /damaged.*checksum/],
    ['a flipped byte of the graph', async (route) => route.fulfill({ body: flipped(await model(), 20) }), 'invalid-model', /damaged/],
  ];
  for (const [title, answer, code, message] of models) {
    test(`${title} is refused`, async ({ page }) => {
      await serve(page, 'efficientnet-lite0.onnx', answer);
      expectThrown(await thrownBy(page, load()), code, message);
      await page.unroute('**/efficientnet-lite0.onnx');
      expect(await page.evaluate(async () => (await gradlens.load({ backend: 'cpu' })).backend)).toBe('cpu');
    });
  }

  const own: [title: string, file: () => Promise<Uint8Array> | Uint8Array, code: string, message: RegExp][] = [
    ['an empty file', () => Buffer.of(), 'invalid-model', /empty/],
    ['a web page', () => Buffer.from('<!doctype html><p>Download'), 'invalid-model', /web page.*download link/],
    ['a zip archive', () => Buffer.from('PK\x03\x04 net/model.onnx'), 'invalid-model', /zip archive.*unpack/],
    ['PyTorch weights', () => Buffer.from([0x80, 2, 0x7d, 0x71, 0]), 'invalid-model', /PyTorch.*torch\.onnx\.export/s],
    ['a Keras file', () => Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), 'invalid-model', /Keras/],
    ['safetensors', () => readFile(new URL('tests/golden/chelsea_224x224.safetensors', root)), 'invalid-model', /safetensors/],
    ['a photo', () => readFile(new URL('www/samples/dog.webp', root)), 'invalid-model', /a picture/],
    ['noise', () => Buffer.alloc(1000, 0xff), 'invalid-model', /no ONNX model/],
    ['a file that ends early', async () => (await model()).subarray(0, 5_000_000), 'invalid-model', /fetched completely/],
    ['an operator that nobody knows', async () => withOperator(await model(), 'Clip', 'Telepathy'), 'unsupported-model', /Telepathy/],
    ['a missing tensor', async () => withoutTensor(await model(), 'head.bias'), 'invalid-model', /"head\.bias"/],
    ['weights in a file that is not given', async () => withExternalData(await model(), 'weights.data').model, 'missing-data', /weights\.data/],
  ];
  for (const [title, file, code, message] of own) {
    test(`${title} in place of a model is refused`, async ({ page }) => {
      const body = Buffer.from(await file());
      await serve(page, 'test/own.onnx', (route) => route.fulfill({ contentType: 'application/octet-stream', body }));
      expectThrown(await thrownBy(page, `await gradlens.load({ backend: 'cpu', model: '/test/own.onnx' })`), code, message);
    });
  }

  test('external data of another model is refused', async ({ page }) => {
    const { model: body } = withExternalData(await model(), 'weights.data');
    await serve(page, 'test/own.onnx', (route) => route.fulfill({ contentType: 'application/octet-stream', body: Buffer.from(body) }));
    const given = (data: string) => `await gradlens.load({ backend: 'cpu', model: '/test/own.onnx', externalData: ${data} })`;
    expectThrown(await thrownBy(page, given('{ "weights.data": new Uint8Array(100) }')), 'invalid-model', /weights\.data.*which has 100/);
    expectThrown(await thrownBy(page, given('{ "weights.data": "/not/there" }')), 'model-unavailable', /data "weights\.data".*answered 404/);
    expectThrown(await thrownBy(page, given('{ "weights.data": 7 }')), 'invalid-argument', /data "weights\.data" is none of/);
    expectThrown(await thrownBy(page, given('"weights.data"')), 'invalid-argument', /externalData/);
  });

  const runtimes: [title: string, answer: (route: Route) => Promise<void>, message: RegExp][] = [
    ['a missing wasm file', (route) => route.fulfill({ status: 404, body: 'no' }), /gradlens_relaxed_bg\.wasm: the server answered 404; .*end in \.wasm.*application\/wasm/],
    ['HTML in place of the wasm file', (route) => route.fulfill({ contentType: 'text/html', body: '<p>app' }), /gradlens_relaxed_bg\.wasm: .*HTML page.*end in \.wasm/],
    ['a damaged wasm file', (route) => route.fulfill({ contentType: 'application/wasm', body: 'damaged' }), /does not start/],
  ];
  for (const [title, answer, message] of runtimes) {
    test(`${title} is refused`, async ({ page }) => {
      await serve(page, 'cpu/gradlens_relaxed_bg.wasm', answer);
      expectThrown(await thrownBy(page, load()), 'runtime-unavailable', message);
    });
  }

  test('WebAssembly that is switched off, or has no vectors, is called that', async ({ page }) => {
    const withoutSimd = await workerAfter(page, 'WebAssembly.validate = () => false;');
    const loads = (workerUrl: string) => `await gradlens.load({ workerUrl: '${workerUrl}' })`;
    expectThrown(await thrownBy(page, loads(withoutSimd)), 'simd-unsupported', /Safari \(16\.4 or later\)/);
    const without = await workerAfter(page, 'delete globalThis.WebAssembly;');
    expectThrown(await thrownBy(page, loads(without)), 'wasm-disabled', /switched off.*Lockdown Mode.*Tor/);
    await page.evaluate('delete globalThis.WebAssembly');
    for (const options of ['{}', '{ wasm: { cpu: new Uint8Array(8) } }']) {
      expectThrown(await thrownBy(page, `await gradlens.load(${options})`), 'wasm-disabled', /switched off/);
    }
  });

  test('an unknown backend is refused', async ({ page }) => {
    expectThrown(await thrownBy(page, load('cuda')), 'unknown-backend', /"auto", "webgpu", "cpu"/);
  });

  const options: [title: string, options: string, code: string, message: RegExp][] = [
    ['a model that is neither address nor bytes', 'model: 42', 'invalid-argument', /none of: an address, a Response/],
    ['a module that is neither address nor bytes', 'wasm: { cpu: [] }', 'invalid-argument', /none of: an address, a Response/],
    ['a module that is no WebAssembly', 'wasm: { cpu: new Uint8Array(8) }', 'runtime-unavailable', /does not start/],
    ['a module for no backend by name', `wasmUrl: 'gradlens.wasm'`, 'invalid-argument', /\{ cpu, webgpu \}/],
    ['a module for an unknown backend', 'wasm: { cuda: new Uint8Array(8) }', 'invalid-argument', /\{ cpu, webgpu \}/],
    ['an answer that is an error', 'model: new Response("no", { status: 500 })', 'model-unavailable', /answered 500/],
    ['a worker at an address that is none', `workerUrl: 'http://['`, 'runtime-unavailable', /not an address to load a worker/],
    ['a worker that is not there', `workerUrl: '/no/worker.js'`, 'runtime-unavailable', /workerUrl/],
    ['a contract that is none', 'contract: "imagenet"', 'invalid-contract', /must be an object/],
    ['an unknown part of a contract', 'contract: { std: [1, 1, 1] }', 'invalid-contract', /no "std".*"deviation"/],
    ['a mean for all channels', 'contract: { mean: 127, deviation: 128 }', 'invalid-contract', /mean is 127.*three numbers/],
    ['a mean without a deviation', 'contract: { mean: [0, 0, 0] }', 'invalid-contract', /belong together/],
    ['a deviation of 0', 'contract: { mean: [0, 0, 0], deviation: [1, 0, 1] }', 'invalid-contract', /no deviation 0/],
    ['a width without a height', 'contract: { width: 224 }', 'invalid-contract', /belong together/],
    ['an unknown way to resize', 'contract: { resize: "zoom" }', 'invalid-contract', /"zoom".*letterbox/],
    ['a crop of more than all', 'contract: { resize: "crop 1.5" }', 'invalid-contract', /crop 1\.5/],
    ['an unknown layout', 'contract: { layout: "chwn" }', 'invalid-contract', /nchw, nhwc/],
    ['labels that are no strings', 'labels: [1, 2]', 'invalid-argument', /array of strings/],
    ['too few labels', `labels: ['cat', 'dog']`, 'invalid-argument', /2 labels; this model has 1000 classes/],
  ];
  for (const [title, given, code, message] of options) {
    test(`${title} is refused`, async ({ page }) => {
      expectThrown(await thrownBy(page, `await gradlens.load({ backend: 'cpu', ${given} })`), code, message);
    });
  }

  test('an address that is none is refused', async ({ page }) => {
    expectThrown(await thrownBy(page, `await gradlens.load({ model: 'http://[' })`), 'model-unavailable', /not an address/);
  });

  test('an aborted load says so, before and during it', async ({ page }) => {
    expectThrown(await thrownBy(page, 'await gradlens.load({ signal: AbortSignal.abort() })'), 'aborted', /aborted/);
    const during = `
      const controller = new AbortController();
      await gradlens.load({ backend: 'cpu', signal: controller.signal, onProgress: () => controller.abort() })`;
    expectThrown(await thrownBy(page, during), 'aborted', /aborted/);
  });

  test('the worker script that is missing is refused', async ({ page }) => {
    await serve(page, 'dist/worker.js', (route) => route.fulfill({ status: 404, body: 'no' }));
    expectThrown(await thrownBy(page, load()), 'runtime-unavailable', /worker/);
  });
});

test.describe('a browser that gives noise in place of the pixels of canvases', () => {
  /** Replaces what is read from canvases of a class: by pixels that are off by up to so many levels. */
  const noise = (contexts: string, levels: number) => `{
    const { getImageData } = ${contexts}.prototype;
    ${contexts}.prototype.getImageData = function (...all) {
      const pixels = getImageData.apply(this, all);
      for (let at = 0; at < pixels.data.length; at++) pixels.data[at] += ${levels} * (at % 3 - 1);
      return pixels;
    };
  }`;

  for (const contexts of ['CanvasRenderingContext2D', 'OffscreenCanvasRenderingContext2D']) {
    test(`is found out in a page, by ${contexts}`, async ({ page }) => {
      await page.evaluate(() => gradlens.checkCanvas());
      await page.evaluate(noise(contexts, 1));
      await page.evaluate(() => gradlens.checkCanvas());
      await page.evaluate(noise(contexts, 90));
      expectThrown(await thrownBy(page, 'gradlens.checkCanvas()'), 'canvas-unreadable', /noise.*allow this site/);
    });
  }

  test('is found out in a worker', async ({ page }) => {
    const found = (script: string) =>
      page.evaluate((script) => {
        const check = `const { checkCanvas } = await import('${new URL('/gradlens/dist/index.js', location.href)}');
          ${script}
          try { checkCanvas(); postMessage('true'); } catch ({ code }) { postMessage(code); }`;
        const worker = new Worker(URL.createObjectURL(new Blob([check], { type: 'text/javascript' })), { type: 'module' });
        return new Promise((resolve) => worker.addEventListener('message', ({ data }) => resolve(data)));
      }, script);
    expect(await found('')).toBe('true');
    expect(await found(noise('OffscreenCanvasRenderingContext2D', 90))).toBe('canvas-unreadable');
  });

  test('does not matter to pixels that come from no canvas', async ({ page }) => {
    await page.evaluate(async () => Object.assign(globalThis, { dog: await sample('dog.webp') }));
    await page.evaluate(noise('CanvasRenderingContext2D', 90) + noise('OffscreenCanvasRenderingContext2D', 90));
    const workerUrl = await workerAfter(page, noise('OffscreenCanvasRenderingContext2D', 90));
    const label = await page.evaluate(async (workerUrl) => {
      const { dog } = globalThis as unknown as { dog: ImageData };
      const explainer = await gradlens.load({ backend: 'cpu', workerUrl });
      return (await explainer.classify(dog, 1))[0]!.label;
    }, workerUrl);
    expect(label).toBe('German shepherd');
  });
});

test.describe('without WebGPU', () => {
  test('webgpu asked for by name is refused, and auto says why it took the CPU', async ({ page }) => {
    // A worker asks its own navigator: take the adapters away where the package looks.
    await page.route('**/dist/worker.js', async (route) => {
      const response = await route.fetch();
      const hide = `Object.defineProperty(WorkerNavigator.prototype, 'gpu', { value: undefined });`;
      await route.fulfill({ response, body: hide + (await response.text()) });
    });
    expectThrown(await thrownBy(page, `await gradlens.load({ backend: 'webgpu' })`), 'webgpu-unavailable', /WebGPU/);
    const loaded = await page.evaluate(async () => {
      const { backend, fallbackReason } = await gradlens.load();
      return { backend, fallbackReason };
    });
    expect(loaded).toEqual({ backend: 'cpu', fallbackReason: 'this browser has no WebGPU' });
  });
});

function flipped(file: Buffer, at: number): Buffer {
  file[at]! ^= 1;
  return file;
}
