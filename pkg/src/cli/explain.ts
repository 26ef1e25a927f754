import { mkdir, open, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { meant } from '../class-words.js';
import { BOM, csvRow } from '../csv.js';
import { type ErrorCode, type Explainer, type Explanation, GradlensError, type Picture, load, readPicture } from '../direct.js';
import { hasRelaxedSimd } from '../relaxed-simd.js';
import type { Request } from './arguments.js';
import { columns, failedRow, jsonOf, lineOf, rowOf } from './finding.js';
import { type Photo, networkAt, photosAt, placesFor } from './places.js';
import { png } from './png.js';
import { answer, note, showProgress } from './terminal.js';

/** What ails one photo, and no other. */
const ofPhoto: readonly ErrorCode[] = ['invalid-image', 'image-too-large', 'out-of-memory', 'not-finite'];

/**
 * Explains photos one after the other, and writes what is asked for; true if none failed. What is wrong with one photo is
 * noted, and the others go on.
 *
 * @throws UsageError; GradlensError, for what is wrong with the network or the options
 */
export async function explain(request: Request): Promise<boolean> {
  const photos = await photosAt(request.photos);
  const places = request.out === undefined ? [] : placesFor(photos, request.out);
  const explainer = await loadNetwork(request);
  explainer.model.warnings.forEach(note);
  const table = request.csv === undefined ? undefined : await open(request.csv, 'w');
  let failures = 0;
  try {
    await table?.write(BOM + csvRow(columns));
    for (const [at, photo] of photos.entries()) {
      showProgress(`${photo.file} (${at + 1} of ${photos.length})`);
      try {
        const picture = await readPicture(pathToFileURL(photo.file));
        const explanation = await explainOne(explainer, picture, request);
        if (places[at] !== undefined) await writeMap(places[at], picture, explanation, request);
        await table?.write(rowOf(photo, explanation));
        answer(told(photo, explanation, explainer, request));
      } catch (error) {
        if (!(error instanceof GradlensError && ofPhoto.includes(error.code))) throw error;
        failures += 1;
        note(`${photo.file}: ${error.message}`);
        await table?.write(failedRow(photo, error.message));
      }
    }
  } finally {
    await table?.close();
  }
  return failures === 0;
}

async function loadNetwork({ model, contract }: Request): Promise<Explainer> {
  const files = (await networkAt(model)).map((file) => pathToFileURL(file));
  return load({
    backend: 'cpu',
    // The package's own lies beside this script.
    cache: false,
    ...(files.length > 0 && { files }),
    ...(contract && { contract }),
    onProgress: ({ fraction }) => showProgress(fraction === null ? 'loading …' : `loading, ${Math.round(100 * fraction)} %`),
  });
}

async function explainOne(explainer: Explainer, picture: Picture, { wanted, map }: Request): Promise<Explanation> {
  const classIdx = wanted === undefined ? null : await classOf(explainer, picture, wanted);
  const onProgress = ({ share }: { share: number }) => showProgress(`${Math.round(100 * share)} %`);
  return explainer.explain(picture, { ...map, classIdx, onProgress });
}

/** Of the classes that fit the most probable one. */
async function classOf(explainer: Explainer, picture: Picture, wanted: string): Promise<number> {
  const { labels } = explainer;
  const found = meant(await explainer.classify(picture, labels.length), wanted);
  if (found) return found.classIdx;
  const some = labels.slice(0, 20).map((label) => `"${label}"`).join(', ');
  const others = labels.length > 20 ? ` and ${labels.length - 20} more` : '';
  throw new GradlensError('invalid-class', `no class is called "${wanted}", by a word or its index; the classes are ${some}${others}`);
}

function told(photo: Photo, explanation: Explanation, { model }: Explainer, { json }: Request): string {
  if (json) return jsonOf(photo, explanation, hasRelaxedSimd() ? 'cpu-relaxed.wasm' : 'cpu.wasm');
  return lineOf(photo, explanation, model.contract.scores === 'regression');
}

/** Writes the photo with the map over it. */
async function writeMap(place: string, picture: Picture, explanation: Explanation, { overlay }: Request): Promise<void> {
  const over = explanation.toImageData(overlay).data;
  const data = picture.data.map((under, at) => {
    const alpha = over[at | 3]! / 255;
    return under + (over[at]! - under) * alpha;
  });
  await mkdir(dirname(place), { recursive: true });
  await writeFile(place, png({ ...picture, data }));
}
