// What files beside a model say of its contract, in the forms in which people keep them.

import { GradlensError } from './errors.js';
import type { SaidContract } from './types.js';

type Json = Readonly<Record<string, unknown>>;
type Triple = readonly [number, number, number];

/** Each reads one form, and gives nothing of what has another. */
const forms: readonly ((file: Json) => SaidContract)[] = [timm, preprocessor, transformers, teachableMachine];

/**
 * What a text says that lies beside a model: timm's or transformers' `config.json`, transformers'
 * `preprocessor_config.json`, Teachable Machine's `metadata.json`, or labels, as a JSON array or one a line.
 *
 * @throws GradlensError `invalid-contract` if it is none of these
 */
export function readBeside(text: string): SaidContract {
  const isJson = /^\s*[[{]/.test(text);
  if (!isJson && text.trim()) return { labels: labelsOf(text) };
  const file = parsed(text);
  if (Array.isArray(file) && file.every((label) => typeof label === 'string')) return { labels: file };
  const parts: SaidContract = isObject(file) ? Object.assign({}, ...forms.map((form) => form(file))) : {};
  if (Object.values(parts).some((part) => part !== undefined)) return parts;
  throw new GradlensError(
    'invalid-contract',
    "a file beside the model says nothing of its contract: these are read: timm's and transformers' config.json, " +
      "preprocessor_config.json, Teachable Machine's metadata.json, and labels as a JSON array or one a line",
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new GradlensError('invalid-contract', `a file beside the model is no JSON: ${String(cause)}`, { cause });
  }
}

/** One a line; an index before each is no part of it. */
function labelsOf(text: string): string[] {
  const lines = text.trimEnd().split(/\r?\n/);
  const indexed = lines.map((line) => /^\s*(\d+)\s*[\s,:]\s*(.+)$/.exec(line));
  const isIndexed = indexed.every((match, at) => match && Number(match[1]) === at);
  return lines.map((line, at) => (isIndexed ? indexed[at]![2]! : line).trim());
}

/** timm's `config.json`: mean and deviation are of values from 0 to 1. */
function timm({ pretrained_cfg: config, label_names: names, label_descriptions: descriptions }: Json): SaidContract {
  if (!isObject(config)) return {};
  const [, height, width] = numbers(config['input_size'], 3) ?? [];
  const mean = triple(config['mean'], 255);
  const deviation = triple(config['std'], 255);
  const share = config['crop_pct'];
  const resize = ({ squash: 'squash', border: 'letterbox' } as const)[String(config['crop_mode'])];
  const described = isObject(descriptions) ? descriptions : {};
  return {
    ...(width && height && { width, height }),
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
  return { labels, ...(isSide(side) && { width: side, height: side }), mean: half, deviation: half, resize: 'crop 1' };
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
