// Trained classifiers of photos in ../shared/models, each with the preset that its README comes to.

/** @typedef {import('../../www/network/presets.js').Preset} Preset */

/**
 * The ten by which the ranking is judged: of three classes or more.
 * @type {Readonly<Record<string, Preset>>}
 */
export const networks = {
  'mobilenet_v2_1.0_224_f32': 'kerasTf',
  'mobilenet_v2_1.0_224_f16': 'kerasTf',
  'mobilenet_v2_1.0_224_qdq': 'raw',
  SqueezeNet_fp16: 'kerasCaffe',
  vgg16_coarse15_f16: 'kerasCaffe',
  resnet8_cifar10: 'raw',
  cifar10_pytorch_tutorial: 'kerasTf',
  'food-101_mobilenet_v2_0.35_224': 'kerasTf',
  tm_waste: 'teachable',
  teachable_machine: 'teachable',
};

/**
 * Those of two classes, whose answers say less: looked at beside the others.
 * @type {typeof networks}
 */
export const ofTwo = {
  tm_catdog: 'teachable',
  vww96_mobilenet025: 'yolo',
  one_logit_efficientnet_b0: 'torchvision',
  open_nsfw: 'kerasCaffe',
};
