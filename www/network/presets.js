// @ts-check
/** @import { ContractParts } from '../gradlens/dist/index.js' */

/** @typedef {Pick<ContractParts, 'channels' | 'mean' | 'deviation' | 'resize'>} Expectation of a picture */

/**
 * @param {number} value of red, green and blue alike
 * @returns {[number, number, number]}
 */
const even = (value) => [value, value, value];

const imageNet = { mean: /** @type {const} */ ([123.675, 116.28, 103.53]), deviation: /** @type {const} */ ([58.395, 57.12, 57.375]) };

/**
 * What networks expect of pictures, by where they come from.
 * @type {Readonly<Record<'torchvision' | 'timm' | 'kerasTf' | 'kerasCaffe' | 'kerasTorch' | 'lite' | 'teachable' | 'yolo' | 'raw', Expectation>>}
 */
export const presets = {
  torchvision: { channels: 'rgb', ...imageNet, resize: 'crop 0.875' },
  timm: { channels: 'rgb', mean: even(127.5), deviation: even(127.5), resize: 'crop 0.9' },
  kerasTf: { channels: 'rgb', mean: even(127.5), deviation: even(127.5), resize: 'squash' },
  kerasCaffe: { channels: 'bgr', mean: [123.68, 116.779, 103.939], deviation: even(1), resize: 'squash' },
  kerasTorch: { channels: 'rgb', ...imageNet, resize: 'squash' },
  lite: { channels: 'rgb', mean: even(127), deviation: even(128), resize: 'crop 0.875' },
  teachable: { channels: 'rgb', mean: even(127.5), deviation: even(127.5), resize: 'crop 1' },
  yolo: { channels: 'rgb', mean: even(0), deviation: even(255), resize: 'crop 1' },
  raw: { channels: 'rgb', mean: even(0), deviation: even(1), resize: 'squash' },
};

/** @typedef {keyof typeof presets} Preset */

/**
 * What people call them, in any language.
 * @type {Readonly<Record<Preset, string>>}
 */
export const presetLabels = {
  torchvision: 'torchvision',
  timm: 'timm (0.5)',
  kerasTf: 'Keras “tf”',
  kerasCaffe: 'Keras “caffe”',
  kerasTorch: 'Keras “torch”',
  lite: 'EfficientNet-Lite',
  teachable: 'Teachable Machine',
  yolo: 'YOLO-cls (0…1)',
  raw: '0…255',
};

export const presetNames = /** @type {Preset[]} */ (Object.keys(presets));

/**
 * The presets by what becomes of a picture's values. Those of one group differ in how pictures are fitted, or in half an
 * 8-bit step, which a network's answers hardly tell.
 * @type {readonly (readonly Preset[])[]}
 */
export const presetGroups = Array.from(new Set(presetNames.map(rangeOf)), (range) => presetNames.filter((name) => rangeOf(name) === range));

/**
 * The order of colours, and the numbers that black and white become, to a tenth.
 * @param {Preset} name
 */
function rangeOf(name) {
  const { channels, mean, deviation } = presets[name];
  const ends = mean.flatMap((each, at) => [0, 255].map((value) => ((value - each) / deviation[at]).toFixed(1)));
  return [channels, ...ends].join(' ');
}

/**
 * A preset's parts as they can be given to a network: one of a single channel has no order of colours.
 * @param {Preset} name
 * @param {ContractParts['channels']} channels the network's
 * @returns {Partial<Expectation>}
 */
export function partsOf(name, channels) {
  const { channels: order, ...rest } = presets[name];
  return channels === 'gray' ? rest : { channels: order, ...rest };
}
