// A network's files as people have them: picked, dropped, in a folder or a zip archive.

import { type BesideFile, parseJson, readBeside } from './beside.js';
import { GradlensError, listed } from './errors.js';
import { bytesOf } from './fetch.js';
import { besidePurpose, filePurpose } from './model.js';
import { type NamedFile, lastOf, namedFiles } from './named-files.js';
import type { Files, SaidContract, Signal, Source } from './types.js';

/** What a set of files comes to. */
export interface Opened {
  /** None if it was given apart. */
  readonly model: Source | undefined;
  /** Files that the model may keep its weights in, by name. */
  readonly externalData: Readonly<Record<string, Source>>;
  /** What the others say of its contract. */
  readonly read: SaidContract | undefined;
}

/** Files that hold no weights of an ONNX file; of other networks the core says what they are. */
const foreign = /\.(pth?|ckpt|safetensors|h5|hdf5|keras|tflite|pb|mlmodel|ort|gguf|msgpack)$/i;
const unrelated = /\.(md|py|ipynb|ya?ml|pdf|html?|png|jpe?g|gif|webp|svg|avif)$/i;
const texts = /\.(txt|csv|json)$/i;

/**
 * Opens a set of files; `hasModel` if the model was given apart.
 *
 * @throws GradlensError `invalid-files`, `invalid-contract`, `unsupported-model`, `invalid-model`; those of {@link bytesOf}
 */
export async function openFiles(files: Files, hasModel: boolean, signal: Signal): Promise<Opened> {
  const all = await namedFiles(files, signal);
  const models = all.filter(({ name }) => /\.onnx$/i.test(name));
  const beside = await Promise.all(all.filter(({ name }) => texts.test(name)).map((file) => textOf(file, signal)));
  const others = all.filter(({ name }) => ![/\.onnx$/i, texts, unrelated].some((kind) => kind.test(name)));
  if (models.length > 1 && !hasModel) {
    throw invalid(`there are several models, ${namesOf(models)}; give one of them, or one as the model`);
  }
  if (models.length === 0 && !hasModel) {
    const layersModel = await openLayersModel(beside, others, signal);
    if (layersModel) return layersModel;
    // The core knows what it is, and what would make an ONNX file of it.
    const [stranger] = [...others.filter(({ name }) => foreign.test(name)), ...others];
    if (stranger) return { model: await stranger.read(), externalData: {}, read: undefined };
    throw invalid(
      `there is no network among the files ${namesOf(all)}; give an .onnx file, or a Teachable Machine export: model.json, ` +
        'weights.bin and metadata.json',
    );
  }
  const weights = others.filter(({ name }) => !foreign.test(name));
  return {
    model: hasModel ? undefined : await models[0]!.read(),
    externalData: Object.fromEntries(await Promise.all(weights.map(async (file) => [file.name, await file.read()] as const))),
    read: beside.length > 0 ? readBeside(beside) : undefined,
  };
}

/** The network of TensorFlow.js that the files hold, as an ONNX file, if they do. */
async function openLayersModel(
  beside: readonly BesideFile[],
  others: readonly NamedFile[],
  signal: Signal,
): Promise<Opened | undefined> {
  const model = beside.find(({ text }) => /"(modelTopology|weightsManifest)"/.test(text));
  if (!model) return undefined;
  const { onnxOf } = await import('./layers-model/convert.js');
  const weights = async (path: string) => {
    const file = others.find(({ name }) => lastOf(name) === lastOf(path));
    if (file) return bytesOf(await file.read(), filePurpose(path), undefined, signal);
    const where = `the weights of "${model.name}" are in the file "${path}" beside it`;
    throw new GradlensError('missing-data', `${where}: give that file too`);
  };
  const rest = beside.filter((file) => file !== model);
  return {
    model: await onnxOf(parseJson(model.name, model.text), weights),
    externalData: {},
    read: rest.length > 0 ? readBeside(rest) : undefined,
  };
}

async function textOf(file: NamedFile, signal: Signal): Promise<BesideFile> {
  const bytes = await bytesOf(await file.read(), besidePurpose, undefined, signal);
  return { name: file.name, text: new TextDecoder().decode(bytes) };
}

const namesOf = (files: readonly NamedFile[]) => listed(files.map(({ name }) => name));

function invalid(message: string): GradlensError {
  return new GradlensError('invalid-files', message);
}
