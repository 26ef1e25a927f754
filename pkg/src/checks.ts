// Checks of arguments: each throws a GradlensError that says what was wrong and what would be right.

import { GradlensError, listed, shown } from './errors.js';
import { isBytes, isObject, isSignal } from './kinds.js';
import {
  type AgainstTarget,
  type Box,
  type CallOptions,
  type ContractParts,
  type ExplainManyOptions,
  type ExplainOptions,
  type FaithfulnessOptions,
  type LinearTarget,
  type LoadOptions,
  type MapOptions,
  type ObjectsOptions,
  type Picture,
  type PictureOptions,
  type TensorOptions,
  fusions,
  methods,
  smoothings,
} from './types.js';

export function checkMethod(name: string): void {
  if ((methods as readonly string[]).includes(name)) return;
  throw new GradlensError('unknown-method', `there is no method "${shown(name)}"; the methods are ${listed(methods)}`);
}

/** That it is a name; which there are depends on the network, so the core checks the rest. */
export function checkLayer(layer: unknown): void {
  if (typeof layer === 'string') return;
  throw new GradlensError('unknown-layer', `a layer is named by a text, not by ${shown(layer)}; see explainer.layers`);
}

const isTriple = (value: unknown) =>
  Array.isArray(value) && value.length === 3 && value.every((number) => typeof number === 'number');
const isSide = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0;
const isText = (value: unknown) => typeof value === 'string';

/** What each part of a contract is; the core checks the rest. */
const contractParts: Record<keyof ContractParts, readonly [is: (value: unknown) => boolean, what: string]> = {
  width: [isSide, 'a whole number of pixels'],
  height: [isSide, 'a whole number of pixels'],
  layout: [isText, '"nchw" or "nhwc"'],
  channels: [isText, '"rgb", "bgr" or "gray"'],
  mean: [isTriple, 'an array of three numbers: red, green, blue'],
  deviation: [isTriple, 'an array of three numbers: red, green, blue'],
  resize: [isText, '"squash", "letterbox", "crop SHARE" or "fit MULTIPLE"'],
  scores: [isText, '"softmax", "sigmoid" or "regression"'],
};

export function checkContract(contract: Partial<ContractParts> | undefined): void {
  if (contract === undefined) return;
  const invalid = (message: string) => new GradlensError('invalid-contract', message);
  if (!isObject(contract)) {
    throw invalid(`the contract is ${shown(contract)}; it must be an object`);
  }
  for (const [name, value] of Object.entries(contract)) {
    const known = Object.keys(contractParts);
    if (!known.includes(name)) throw invalid(`a contract has no "${name}"; its parts are ${listed(known)}`);
    const [is, what] = contractParts[name as keyof ContractParts];
    if (value !== undefined && !is(value)) throw invalid(`the contract's ${name} is ${shown(value)}; it must be ${what}`);
  }
}

export function checkClass(index: unknown, classes: number): void {
  if (Number.isInteger(index) && (index as number) >= 0 && (index as number) < classes) return;
  throw new GradlensError(
    'invalid-class',
    `there is no class ${shown(index)}; a class index is a whole number from 0 to ${classes - 1}`,
  );
}

/** A class against others. */
export function checkAgainstTarget(target: AgainstTarget, classes: number): void {
  const { class: of, against, strength = 1 } = target;
  const others = Array.isArray(against) ? against : [against];
  for (const index of [of, ...others]) checkClass(index, classes);
  if (others.length === 0 || others.includes(of)) {
    throw new GradlensError('invalid-target', `class ${shown(of)} is compared with at least one other class, and not with itself`);
  }
  if (!Number.isFinite(strength)) {
    throw new GradlensError('invalid-target', `the target's strength is ${shown(strength)}; it must be a finite number`);
  }
}

/** The form of a target that is no class; the core checks that the output has such indices. */
export function checkLinearTarget(target: unknown): void {
  const { output, weights } = (target ?? {}) as Partial<LinearTarget>;
  const isPair = (pair: unknown) => Array.isArray(pair) && pair.length === 2 && pair.every(Number.isFinite);
  const isOutput = output === undefined || typeof output === 'string';
  if (isOutput && Array.isArray(weights) && weights.length > 0 && weights.every(isPair)) return;
  throw new GradlensError(
    'invalid-target',
    'a target is { weights: [[index, weight], …] } with at least one pair of numbers, and may name an output',
  );
}

/** Labels that stand in for the model's own; the core checks how many there are. */
export function checkLabels(labels: readonly string[] | undefined): void {
  if (labels === undefined) return;
  if (!Array.isArray(labels) || !labels.every((label) => typeof label === 'string')) {
    throw new GradlensError('invalid-argument', 'the labels are not an array of strings, one for each class');
  }
}

/** The options that there are: of every call, of tensors, of maps, and so on. */
const call = { signal: true, onProgress: true } satisfies Known<CallOptions>;
const tensor = { ...call, inputSize: true } satisfies Known<TensorOptions>;
const map = { ...tensor, layer: true } satisfies Known<MapOptions>;
const many = {
  ...map,
  layers: true,
  fuse: true,
  negative: true,
  smooth: true,
  samples: true,
  noise: true,
  seed: true,
} satisfies Known<ExplainManyOptions>;
const explain = { ...many, target: true } satisfies Known<ExplainOptions>;
const objects = { ...map, method: true, maxObjects: true, minScore: true, threshold: true } satisfies Known<ObjectsOptions>;
const faithfulness = {
  ...map,
  curveSteps: true,
  background: true,
  yardsticks: true,
  road: true,
  seed: true,
  truth: true,
  delta: true,
} satisfies Known<FaithfulnessOptions>;
const load = {
  backend: true,
  model: true,
  externalData: true,
  labels: true,
  files: true,
  contract: true,
  cache: true,
  wasmUrl: true,
  wasm: true,
  workerUrl: true,
  onProgress: true,
  onRestart: true,
  signal: true,
} satisfies Known<LoadOptions>;
const picture = { maxSide: true, background: true, frame: true, wasmUrl: true, wasm: true, signal: true } satisfies Known<PictureOptions>;
export const optionsOf = { call, tensor, many, explain, objects, faithfulness, load, picture };

/** Each option there is, so that none is forgotten. */
export type Known<Options> = Record<keyof Options, true>;

/** That options are an object, and none of them is one that there is not: it would do nothing, without a word. */
export function checkOptions(options: object, known: Readonly<Record<string, true>>): void {
  if (!isObject(options) || Array.isArray(options)) {
    throw new GradlensError('invalid-argument', `the options are ${listed([shown(options)])}; they must be an object`);
  }
  const names = Object.keys(known);
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new GradlensError('invalid-argument', `there is no option "${unknown}" here; the options are ${listed(names)}`);
  }
  const { layer, signal, onProgress, onRestart } = options as MapOptions & LoadOptions;
  if (layer !== undefined) checkLayer(layer);
  if (signal !== undefined && !isSignal(signal)) {
    throw new GradlensError('invalid-argument', `the signal is ${shown(signal)}; it must be an AbortSignal, and no proxy of one`);
  }
  for (const [name, listener] of Object.entries({ onProgress, onRestart })) {
    if (listener === undefined || typeof listener === 'function') continue;
    throw new GradlensError('invalid-argument', `${name} is ${shown(listener)}; it must be a function`);
  }
}

/** The most copies, steps or masks of a map. */
const MOST_SAMPLES = 10_000;

/** What `explain` and `explainMany` take beyond other calls of maps. */
export function checkManyOptions(options: ExplainManyOptions): void {
  const { layer, layers, fuse, negative, smooth, samples, noise, seed } = options;
  if (layers !== undefined) {
    if (!Array.isArray(layers) || layers.length === 0) {
      throw new GradlensError('invalid-argument', `layers is ${shown(layers)}; it must be an array of at least one layer`);
    }
    for (const each of layers) checkLayer(each);
    if (layer !== undefined) throw new GradlensError('invalid-argument', 'a map has a layer or layers, not both');
  }
  if (fuse !== undefined && !fusions.includes(fuse)) {
    throw new GradlensError('invalid-argument', `fuse is ${shown(fuse)}; it must be one of ${listed(fusions)}`);
  }
  if (negative !== undefined && typeof negative !== 'boolean') {
    throw new GradlensError('invalid-argument', `negative is ${shown(negative)}; it must be true or false`);
  }
  if (smooth !== undefined && !smoothings.includes(smooth)) {
    throw new GradlensError('invalid-argument', `smooth is ${shown(smooth)}; it must be one of ${listed(smoothings)}`);
  }
  if (samples !== undefined) checkCount('samples', samples, 1, MOST_SAMPLES);
  if (noise !== undefined) checkShare('noise', noise);
  if (seed !== undefined) checkCount('seed', seed, 0);
}

/** More steps than these show nothing new: the network sees some fifty thousand pixels. */
const MOST_CURVE_STEPS = 1000;

/** What `faithfulness` takes beyond other calls of maps, but for the place of the object. */
export function checkFaithfulnessOptions(options: FaithfulnessOptions): void {
  const { curveSteps = 0, background = 'black', yardsticks = false, road = false, seed = 0, delta = 0.5 } = options;
  checkCount('curveSteps', curveSteps, 0, MOST_CURVE_STEPS);
  // Which backgrounds there are the core knows.
  if (typeof background !== 'string') {
    throw new GradlensError(
      'invalid-argument',
      `background is ${shown(background)}; it must be "black", "mean", "blur RADIUS" or "noise SEED"`,
    );
  }
  for (const [name, value] of Object.entries({ yardsticks, road })) {
    if (typeof value === 'boolean') continue;
    throw new GradlensError('invalid-argument', `${name} is ${shown(value)}; it must be true or false`);
  }
  checkCount('seed', seed, 0);
  checkThreshold('delta', delta);
}

export function checkCount(name: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new GradlensError('invalid-argument', `${name} is ${shown(value)}; it must be a whole number ${range}`);
}

export function checkShare(name: string, value: number): void {
  if (!(typeof value === 'number' && value >= 0 && value <= 1)) {
    throw new GradlensError('invalid-argument', `${name} is ${shown(value)}; it goes from 0 to 1`);
  }
}

export function checkThreshold(name: string, value: number): void {
  if (!(typeof value === 'number' && value > 0 && value <= 1)) {
    throw new GradlensError('invalid-argument', `${name} is ${shown(value)}; it must be above 0 and at most 1`);
  }
}

export function checkTruth(truth: Box | Uint8Array, { width, height }: Picture): void {
  if (isBytes(truth)) {
    if (truth.length === width * height) return;
    throw new GradlensError(
      'invalid-argument',
      `the mask has ${truth.length} values; a mask of this picture has ${width} x ${height} = ${width * height}`,
    );
  }
  const { x, y, width: w, height: h } = truth ?? {};
  if (!([x, y, w, h].every(Number.isFinite) && w > 0 && h > 0 && x < width && y < height && x + w > 0 && y + h > 0)) {
    throw new GradlensError(
      'invalid-argument',
      'truth is neither a mask nor a box { x, y, width, height } in pixels that covers a part of the picture',
    );
  }
}

/** What the core cannot see: that the thing has the shape of an ImageData. The core checks the rest. */
export function checkPicture(picture: unknown): asserts picture is Picture {
  if (isPicture(picture)) return;
  throw new GradlensError(
    'invalid-image',
    'the picture is none of: an ImageData with 8 bits a channel, an image, canvas, video or frame, a File or Blob, bytes, an ' +
      'address; nor may it be a proxy of one',
  );
}

export function isPicture(picture: unknown): picture is Picture {
  try {
    const { data, width, height } = (picture ?? {}) as Partial<Picture>;
    return isBytes(data) && isSize(width) && isSize(height);
  } catch {
    // An ImageData behind a proxy cannot be read.
    return false;
  }
}

function isSize(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
