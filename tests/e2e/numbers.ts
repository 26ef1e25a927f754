// The package's numbers of fixed pixels, in any engine.
import { readFile, writeFile } from 'node:fs/promises';
import { chromium } from '@playwright/test';
import { root } from './package-page.ts';
import config from './playwright.config.ts';
import { readTensors } from './safetensors.ts';
import type { SiteServer } from './site-server.ts';

/** Maps by picture, method and layer, with the scores and the objects of each picture. */
export type Numbers = Record<string, number[]>;

/** A CPU module of the package; null is the one that it takes by itself. */
export type Module = 'gradlens_bg.wasm' | 'gradlens_relaxed_bg.wasm' | null;

const PICTURES = ['chelsea_224x224', 'lemur_224x224', 'chicken_320x480', 'coffee_320x320', 'mosaic_448x448'];

/** Lays a page out that has the package by an import map, and pixels beside it, since decoders differ; its address. */
export async function numbersPage(site: SiteServer): Promise<string> {
  await writeFile(site.file('numbers.html'), `<!doctype html>
    <title>numbers</title>
    <script type="importmap">{ "imports": { "gradlens": "./gradlens/dist/index.js" } }</script>
    <script type="module">
      import * as gradlens from 'gradlens';
      globalThis.gradlens = gradlens;
      globalThis.pictures = ${JSON.stringify(PICTURES)};
    </script>`);
  for (const picture of PICTURES) {
    const golden = readTensors(await readFile(new URL(`tests/golden/${picture}.safetensors`, root)));
    const rgb = golden.get('rgb_u8')!.bytes;
    const rgba = Buffer.alloc((rgb.length / 3) * 4, 255);
    rgb.forEach((value, at) => (rgba[4 * Math.floor(at / 3) + (at % 3)] = value));
    await writeFile(site.file(`${picture}.rgba`), rgba);
  }
  return `${site.url}numbers.html`;
}

declare global {
  var pictures: string[];
}

/** Runs in that page. */
export async function measure(module: Module): Promise<Numbers> {
  const wasmUrl = module ? { wasmUrl: { cpu: `gradlens/dist/wasm/cpu/${module}` } } : {};
  const explainer = await gradlens.load({ backend: 'cpu', ...wasmUrl });
  const numbers: Numbers = {};
  for (const picture of pictures) {
    const [, width] = picture.match(/\d+/g)!.map(Number) as [number, number];
    const pixels = await (await fetch(`${picture}.rgba`)).arrayBuffer();
    const image = new ImageData(new Uint8ClampedArray(pixels), width);
    // Those that run the network once: the others do the same many times.
    const once = explainer.model.methods.filter(({ family, runs }) => family === 'gradient' && runs === 1);
    for (const { name: method } of once) {
      for (const layer of method === 'cam' ? ['head'] : ['features', 'head']) {
        const { raw } = await explainer.explain(image, null, method, { layer });
        numbers[`${picture} ${method} ${layer}`] = Array.from(raw);
      }
    }
    const classes = await explainer.classify(image, 1000);
    numbers[`${picture} scores`] = classes.sort((a, b) => a.classIdx - b.classIdx).map(({ probability }) => probability);
    const objects = await explainer.explainObjects(image);
    numbers[`${picture} objects`] = objects.flatMap(({ score, regions }) => [score, ...regions.flatMap(({ box }) => Object.values(box))]);
  }
  explainer.dispose();
  return numbers;
}

/** The numbers in Chromium, whatever engine is tested. */
export async function inChromium(address: string, modules: Module[]): Promise<Numbers[]> {
  const browser = await chromium.launch(config.use!.launchOptions);
  const page = await browser.newPage();
  await page.goto(address);
  const numbers: Numbers[] = [];
  for (const module of modules) numbers.push(await page.evaluate(measure, module));
  await browser.close();
  return numbers;
}
