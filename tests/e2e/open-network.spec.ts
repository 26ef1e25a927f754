// The visitor's own network on the page, opened as a photo is.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Page, expect, test } from '@playwright/test';
import { withExternalData } from './onnx.ts';
import { root } from './package-page.ts';
import { choose, done, open, openSample } from './visit.ts';

const builtIn = await readFile(process.env.GRADLENS_MODEL!);
const models = new URL('../shared/models/', root);
const model = (name: string) => fileURLToPath(new URL(name, models));

const named = (name: string, buffer: Buffer | Uint8Array | string) => ({ name, mimeType: '', buffer: Buffer.from(buffer as Uint8Array) });

/** Opens a network by the picker and waits for what it says of the photo. */
async function openNetwork(page: Page, files: Parameters<ReturnType<Page['locator']>['setInputFiles']>[0], name: string) {
  await page.locator('#network-files').setInputFiles(files);
  await expect(page.locator('#network-name')).toHaveText(name);
  await done(page);
}

const answers = async (page: Page) => ({
  answer: await page.locator('#answer').innerText(),
  classes: await page.locator('#classes').innerText(),
});

test('a visitor without a network of their own fetches no more than what opens one', async ({ page }) => {
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  await open(page, 'objects');
  const ofNetworks = fetched.filter((path) => /network\/|card\.css|layers\.css/.test(path)).sort();
  expect(ofNetworks).toEqual(['/network/bar.js', '/network/kinds.js', '/network/switch.js']);
});

test('the built-in network as a file, weights apart, answers what it answers built in', async ({ page }) => {
  await open(page, 'class', '?backend=cpu&sample=dog');
  const before = await answers(page);
  const { model, data } = withExternalData(builtIn, 'mine.onnx.data');
  await openNetwork(page, [named('mine.onnx.data', data), named('mine.onnx', model)], 'mine');
  expect(await answers(page)).toEqual(before);
  // What the file says, nobody guessed.
  await expect(page.locator('#network-note')).toBeEmpty();
  await page.locator('#network-back').click();
  await expect(page.locator('#network-name')).toHaveText('EfficientNet-Lite0');
  await done(page);
  expect(await answers(page)).toEqual(before);
  await expect(page.locator('#network-back')).toBeHidden();
});

test('labels that are opened after a network are its own', async ({ page }) => {
  await open(page, 'class', '?backend=cpu&sample=dog');
  await openNetwork(page, named('mine.onnx', builtIn), 'mine');
  const labels = Array.from({ length: 1000 }, (_, at) => (at === 235 ? '<b>Rex</b>' : `thing ${at}`));
  await page.locator('#network-files').setInputFiles(named('labels.txt', labels.join('\n')));
  await expect(page.locator('#answer-class')).toHaveText('<b>Rex</b>');
  await page.locator('#class-query').fill('thing 207');
  await page.keyboard.press('Enter');
  await expect(page.locator('#answer-class')).toHaveText('thing 207');
  await done(page);
});

test('a network is dropped, and what is dropped with it that is a picture is left out', async ({ page }) => {
  await open(page, 'class', '?backend=cpu&sample=dog');
  const bytes = builtIn.toString('base64');
  await page.evaluate(async (bytes) => {
    const dataTransfer = new DataTransfer();
    const blob = await (await fetch(`data:;base64,${bytes}`)).blob();
    dataTransfer.items.add(new File(['no'], 'cat.png', { type: 'image/png' }));
    dataTransfer.items.add(new File([blob], 'dropped.onnx'));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  }, bytes);
  await expect(page.locator('#network-name')).toHaveText('dropped');
  await done(page);
  await expect(page.locator('#answer-class')).toHaveText('German shepherd');
});

const zip = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(22), Buffer.from([16, 0, 0, 0]), Buffer.from('archive/data.pkl')]);
for (const [name, bytes, says] of [
  ['net.pth', zip, /torch\.onnx\.export/],
  ['net.h5', Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), /Keras model.*model\.export/s],
  ['net.tflite', Buffer.from('\x1c\0\0\0TFL3', 'latin1'), /TensorFlow Lite.*tf2onnx/s],
  ['net.onnx', builtIn.subarray(0, 100_000), /fetched completely/],
] as const) {
  test(`${name} that is no whole ONNX file is named, and the network before stays`, async ({ page }) => {
    await open(page, 'class', '?backend=cpu&sample=dog');
    await page.locator('#network-files').setInputFiles(named(name, bytes));
    await expect(page.locator('#alert-text')).toHaveText(says);
    await expect(page.locator('#network-name')).toHaveText('EfficientNet-Lite0');
    await expect(page.locator('#network-loading')).toBeHidden();
    await openSample(page, 'panda');
    await expect(page.locator('#answer-class')).toHaveText(/panda/i);
  });
}

test('several networks at once, and weights that are missing, are said', async ({ page }) => {
  await open(page, 'class', '?backend=cpu&sample=dog');
  await page.locator('#network-files').setInputFiles([named('a.onnx', 'x'), named('b.onnx', 'y')]);
  await expect(page.locator('#alert-text')).toContainText('a.onnx, b.onnx');
  await page.locator('#network-files').setInputFiles(named('mine.onnx', withExternalData(builtIn, 'mine.onnx.data').model));
  await expect(page.locator('#alert-text')).toContainText('mine.onnx.data');
});

test('loading can be cancelled, and the network before goes on', async ({ page }) => {
  await open(page, 'class', '?backend=cpu&sample=dog');
  // A file that takes as long as the test likes.
  await page.evaluate(() => {
    Blob.prototype.stream = () => new ReadableStream();
    Blob.prototype.arrayBuffer = () => new Promise(() => {});
  });
  await page.route('**/worker.js', () => {});
  await page.locator('#network-files').setInputFiles(named('slow.onnx', builtIn));
  await expect(page.locator('#network-loading')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.locator('#network-loading')).toBeHidden();
  await expect(page.locator('#alert')).toBeHidden();
  await openSample(page, 'panda');
  await expect(page.locator('#answer-class')).toHaveText(/panda/i);
});

test('one that is opened before the built-in one is there takes its place, also where that fails', async ({ page }) => {
  let fail = () => {};
  const failed = new Promise<void>((resolve) => { fail = resolve; });
  await page.route('**/efficientnet-lite0.onnx', async (route) => {
    await failed;
    await route.fulfill({ status: 404, body: '' });
  });
  await page.goto('./?backend=cpu&sample=dog&mode=class');
  await openNetwork(page, named('mine.onnx', builtIn), 'mine');
  fail();
  await openSample(page, 'panda');
  await expect(page.locator('#answer-class')).toHaveText(/panda/i);
  await expect(page.locator('#alert')).toBeHidden();
  await expect(page.locator('#network-name')).toHaveText('mine');
});

test('undo brings photos back, seen by the network that is there', async ({ page }) => {
  await open(page, 'class', '?backend=cpu&sample=dog');
  await openSample(page, 'panda');
  const labels = Array.from({ length: 1000 }, (_, at) => `thing ${at}`);
  await openNetwork(page, [named('mine.onnx', builtIn), named('labels.txt', labels.join('\n'))], 'mine');
  await expect(page.locator('#answer-class')).toHaveText('thing 388');
  await page.locator('#undo').click();
  await expect(page.locator('#answer-class')).toHaveText('thing 235');
  await done(page);
  await expect(page.locator('#classes')).not.toContainText('shepherd');
});

test('a network is pasted as files are', async ({ page }) => {
  await open(page, 'class', '?backend=cpu&sample=dog');
  await page.evaluate(async () => {
    const clipboardData = new DataTransfer();
    const blob = await (await fetch('gradlens/model/efficientnet-lite0.onnx')).blob();
    clipboardData.items.add(new File([blob], 'pasted.onnx'));
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
  });
  await expect(page.locator('#network-name')).toHaveText('pasted');
  await done(page);
  await expect(page.locator('#answer-class')).toHaveText('German shepherd');
});

test('files among which there is no network are refused in words', async ({ page }) => {
  await open(page, 'class', '?backend=cpu&sample=dog');
  await page.locator('#network-files').setInputFiles(named('labels.txt', 'cat\ndog'));
  await expect(page.locator('#alert-text')).toContainText(/no network among the files "labels\.txt"/);
});

for (const [what, name, files] of [
  ['a Teachable Machine export', 'model', ['model.json', 'metadata.json', 'branching.bin']],
  ['the zip of one', 'export', ['export.zip']],
] as const) {
  test(`${what} opens as it is`, async ({ page }) => {
    const read = (file: string) => readFile(new URL(`tests/layers_models/${file}`, root));
    const metadata = JSON.stringify({ tmVersion: '2.4.5', labels: ['cat', '<i>dog</i>', 'hen', 'owl'], imageSize: 16 });
    const parts = { 'model.json': await read('branching.json'), 'metadata.json': Buffer.from(metadata), 'branching.bin': await read('branching.bin') };
    const contents: Record<string, Buffer> = { ...parts, 'export.zip': await zipOf(parts) };
    await open(page, 'class', '?backend=cpu&sample=dog');
    await openNetwork(page, files.map((file) => named(file, contents[file]!)), name);
    // Its metadata say all that there is to say; labels are text.
    await expect(page.locator('#network-note')).toBeEmpty();
    await expect(page.locator('#classes')).toContainText('<i>dog</i>');
    await expect(page.locator('#classes button')).toHaveCount(4);
    await choose(page, 'layers');
    await expect(page.locator('#layers button').first()).toBeVisible();
  });
}

/** A zip archive of files, by what the package's tests make theirs with. */
async function zipOf(files: Readonly<Record<string, Buffer>>): Promise<Buffer> {
  const { zip } = await import(new URL('pkg/tests/support/network.mjs', root).href);
  const archive: File = await zip('export.zip', Object.entries(files).map(([name, content]) => new File([new Uint8Array(content)], name)));
  return Buffer.from(await archive.arrayBuffer());
}

test.describe('networks of others', () => {
  test.skip(!existsSync(models), 'the networks are for testing only and do not come with the project');

  test('a Teachable Machine export of 2 MB names the animal', async ({ page }) => {
    await open(page, 'class', '?backend=cpu&sample=bison');
    const files = ['model.json', 'weights.bin', 'metadata.json'].map((file) => model(`teachable_machine/${file}`));
    await openNetwork(page, files, 'model');
    await expect(page.locator('#network-note')).toBeEmpty();
    await expect(page.locator('#answer-class')).toHaveText('bison');
    await choose(page, 'objects');
    await expect(page.locator('#alert')).toBeHidden();
  });

  test('objects of a network whose scores are no mean are found in crops, which is said', async ({ page }) => {
    await open(page, 'objects', '?backend=cpu&sample=horse');
    await expect(page.locator('#objects-by-crops')).toBeHidden();
    await openNetwork(page, model('cifar10_pytorch_tutorial.onnx'), 'cifar10_pytorch_tutorial');
    await expect(page.locator('#objects-by-crops')).toContainText('cut out of the photo');
    await page.locator('#network-back').click();
    await expect(page.locator('#objects-by-crops')).toBeHidden();
  });

  test('Teachable Machine, converted, with its labels: every mode, search, download', async ({ page }) => {
    await open(page, 'class', '?backend=cpu&sample=dog');
    await openNetwork(page, [model('tm_catdog.onnx'), model('catdog_labels.txt')], 'tm_catdog');
    await expect(page.locator('#answer-class')).toHaveText('Dog');
    await expect(page.locator('#network-note')).toContainText('fitting');
    await expect(page.locator('#classes button')).toHaveCount(2);
    await page.locator('#class-query').fill('cat');
    await page.keyboard.press('Enter');
    await expect(page.locator('#answer-class')).toHaveText('Cat');
    await done(page);
    await page.locator('#downloads summary').click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-save=json]').click()]);
    expect(download.suggestedFilename()).toBe('dog-tm-catdog-Cat-grad-cam++.json');
    await choose(page, 'compare');
    await expect(page.locator('#compare button:not(:disabled)')).not.toHaveCount(0);
    await choose(page, 'objects');
    await expect(page.locator('#alert')).toBeHidden();
  });

  test('a network whose head is fully connected says that it has no CAM', async ({ page }) => {
    await open(page, 'class', '?backend=cpu&sample=horse');
    await page.locator('input[name=method][value=cam]').check({ force: true });
    await done(page);
    await openNetwork(page, model('cifar10_pytorch_tutorial.onnx'), 'cifar10_pytorch_tutorial');
    await expect(page.locator('input[name=method][value=cam]')).toBeDisabled();
    await expect(page.locator('input[name=method]:checked')).not.toHaveValue('cam');
    await choose(page, 'compare');
    await expect(page.locator('#compare [data-method=cam]')).toContainText('Not defined for this network');
    await expect(page.locator('#compare button:not(:disabled)')).toHaveCount(21);
  });
});
