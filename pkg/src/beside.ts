// What files beside a model say of its contract, in the forms in which people keep them.

import { GradlensError, listed } from './errors.js';
import type { SaidContract } from './types.js';

type Json = Readonly<Record<string, unknown>>;
type Triple = readonly [number, number, number];

/** A text that lies beside a model. */
export interface BesideFile {
  readonly name: string;
  readonly text: string;
}

/** Each reads one form, and gives nothing of what has another. */
const forms: readonly ((file: Json) => SaidContract)[] = [
  timm,
  preprocessor,
  transformers,
  teachableMachine,
  classIndices,
];

/** Documents that lie beside many models, and are no labels. */
const documents = /^(licen[cs]e|notice|copying|readme|credits|changelog|requirements)\b/i;

/**
 * What texts say that lie beside a model: timm's or transformers' `config.json`, `preprocessor_config.json`, Teachable
 * Machine's `metadata.json`, and labels, as JSON (an array, or an object from index to label or from label to index), as
 * CSV, or one a line. The later ones count more, and texts of labels alone the most.
 *
 * @throws GradlensError `invalid-contract` if one is no JSON in spite of its name, or none says anything
 */
export function readBeside(files: readonly BesideFile[]): SaidContract {
  const ofJson = files.filter(({ name }) => /\.json$/i.test(name)).map(readJson);
  const lists = files.filter(({ name, text }) => /\.(txt|csv)$/i.test(name) && !documents.test(name) && text.trim());
  const labels = lists.map(({ name, text }) => ({ labels: (/\.csv$/i.test(name) ? labelsOfTable : labelsOf)(text) }));
  // Many a folder holds JSON for other programs.
  if (ofJson.length === 0 || lists.length > 0 || ofJson.some((said) => Object.keys(said).length > 0)) {
    return Object.assign({}, ...ofJson, ...labels);
  }
  throw new GradlensError(
    'invalid-contract',
    `${listed(files.map(({ name }) => name))} beside the model: nothing there is of its contract. These are read: timm's ` +
      "and transformers' config.json, preprocessor_config.json, Teachable Machine's metadata.json, and labels in .json, " +
      '.csv or .txt',
  );
}

/** What JSON says; nothing if it is of something else. */
function readJson({ name, text }: BesideFile): SaidContract {
  const file = parseJson(name, text);
  if (isTexts(file)) return { labels: file };
  const parts: SaidContract = isObject(file) ? Object.assign({}, ...forms.map((form) => form(file))) : {};
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}

/** @throws GradlensError `invalid-contract` */
export function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new GradlensError('invalid-contract', `"${name}" beside the model is no JSON: ${String(cause)}`, { cause });
  }
}

/** One a line; an index before each is no part of it. */
function labelsOf(text: string): string[] {
  const lines = text.replace(/^\ufeff/, '').trimEnd().split(/\r?\n/);
  const indexed = lines.map((line) => /^\s*(\d+)\s*[\s,:]\s*(.+)$/.exec(line));
  const isIndexed = indexed.every((match, at) => match && Number(match[1]) === at);
  return lines.map((line, at) => (isIndexed ? indexed[at]![2]! : line).trim());
}

/** How a table's column of labels, or of indices, is headed. */
const heading = /^(index|idx|id|(class|display|label)?[ _]?(label|class|name|id)s?)$/i;

/** The first column that holds more than numbers; an index beside it is that of the row. */
function labelsOfTable(text: string): string[] {
  const [first, ...others] = text.replace(/^\ufeff/, '').trimEnd().split(/\r?\n/).map(cellsOf);
  const body = first!.some((cell) => heading.test(cell)) ? others : [first!, ...others];
  const column = first!.findIndex((_, at) => body.some((row) => !/^\d*$/.test(row[at] ?? '')));
  return body.map((row) => row[Math.max(0, column)] ?? '');
}

/** The cells of a line of CSV, which may be quoted. */
function cellsOf(line: string): string[] {
  const cells = line.matchAll(/(?:^|[,;\t])(?:"((?:[^"]|"")*)"|([^,;\t]*))/g);
  return Array.from(cells, ([, quoted, plain]) => (quoted?.replaceAll('""', '"') ?? plain!).trim());
}

/** timm's `config.json`: mean and deviation are of values from 0 to 1. */
function timm({ pretrained_cfg: config, label_names: names, label_descriptions: descriptions }: Json): SaidContract {
  if (!isObject(config)) return {};
  const [depth, height, width] = numbers(config['input_size'], 3) ?? [];
  const mean = triple(config['mean'], 255);
  const deviation = triple(config['std'], 255);
  const share = config['crop_pct'];
  const resize = ({ squash: 'squash', border: 'letterbox' } as const)[String(config['crop_mode'])];
  const described = isObject(descriptions) ? descriptions : {};
  return {
    ...(width && height && { width, height }),
    ...(depth === 3 && { channels: 'rgb' }),
    ...(mean && deviation && { mean, deviation }),
    ...(resize ? { resize } : isShare(share) && { resize: `crop ${share}` }),
    ...(isTexts(names) && { labels: names.map((name) => String(described[name] ?? name)) }),
  };
}

/** transformers' `preprocessor_config.json`: values are rescaled, and then normalised. */
function preprocessor(file: Json): SaidContract {
  const { size, crop_size: cropSize, do_rescale: rescales = true, do_normalize: normalises = true } = file;
  if (size === undefined && file['image_mean'] === undefined) return {};
  const factor = rescales ? Number(file['rescale_factor'] ?? 1 / 255) : 1;
  const mean = normalises ? triple(file['image_mean'], 1 / factor) : ([0, 0, 0] as const);
  const deviation = triple(normalises ? file['image_std'] : [1, 1, 1], 1 / factor);
  const crops = file['do_center_crop'] === true || (cropSize !== undefined && file['do_center_crop'] !== false);
  const [width, height] = sides(crops ? (cropSize ?? size) : size);
  const share = crops ? Math.min(width, height) / Math.min(...sides(size)) : Number(file['crop_pct'] ?? 1);
  const squashes = !crops && file['crop_pct'] === undefined;
  return {
    ...(isSide(width) && isSide(height) && { width, height }),
    ...(mean && { channels: file['do_flip_channel_order'] === true ? 'bgr' : 'rgb' }),
    ...(mean && deviation && { mean, deviation }),
    ...(squashes ? { resize: 'squash' } : isShare(share) && { resize: `crop ${share}` }),
  };
}

/** transformers' `config.json`. */
function transformers({ id2label: names, problem_type: problem }: Json): SaidContract {
  const meanings = {
    single_label_classification: 'softmax',
    multi_label_classification: 'sigmoid',
    regression: 'regression',
  } as const;
  const scores = meanings[problem as keyof typeof meanings];
  const labels = isObject(names) ? Object.values(names) : undefined;
  return { ...(isTexts(labels) && { labels }), ...(scores && { scores }) };
}

/** Teachable Machine's `metadata.json`: its pictures are the middle square, from -1 to 1. */
function teachableMachine({ tmVersion: version, labels, imageSize: side }: Json): SaidContract {
  if (version === undefined || !isTexts(labels)) return {};
  const half = [127.5, 127.5, 127.5] as const;
  const size = isSide(side) && { width: side, height: side };
  return { labels, ...size, channels: 'rgb', mean: half, deviation: half, resize: 'crop 1' };
}

/** Indices and labels, in either direction: Keras' `class_indices`, fastai's and torchvision's `class_to_idx`, ImageNet's. */
function classIndices(file: Json): SaidContract {
  const entries = Object.entries(file);
  const places = entries.map(([, place]) => place);
  if (entries.length > 0 && places.every((place) => Number.isInteger(place))) {
    const sorted = entries.sort(([, a], [, b]) => (a as number) - (b as number));
    return sorted.every(([, place], at) => place === at) ? { labels: sorted.map(([label]) => label) } : {};
  }
  // ImageNet's have the synset before the label. JSON's whole keys are in order.
  const labels = places.map((place) => (isTexts(place) ? place.at(-1) : place));
  return entries.every(([key], at) => key === String(at)) && labels.length > 0 && isTexts(labels) ? { labels } : {};
}

/** Width and height of a size in one of transformers' forms; NaN where it is none. */
function sides(size: unknown): [width: number, height: number] {
  if (!isObject(size)) return [Number(size), Number(size)];
  const { width = size['shortest_edge'], height = size['shortest_edge'] } = size;
  return [Number(width), Number(height)];
}

function triple(values: unknown, factor: number): Triple | undefined {
  const [red, green, blue] = numbers(values, 3)?.map((value) => value * factor) ?? [];
  return red === undefined ? undefined : [red, green!, blue!];
}

function numbers(values: unknown, count: number): number[] | undefined {
  const are = Array.isArray(values) && values.length === count && values.every((value) => typeof value === 'number');
  return are ? (values as number[]) : undefined;
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((text) => typeof text === 'string');
const isShare = (value: unknown): value is number => typeof value === 'number' && value > 0 && value <= 1;
const isSide = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
