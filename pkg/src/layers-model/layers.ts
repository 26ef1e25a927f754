// The table of layers: what each of Keras' is in ONNX.

import { listed } from '../errors.js';
import type { Value } from './builder.js';
import { type Call, type Rule, activated, unsupported } from './call.js';
import { batchNormalization, dense, elu, leakyRelu, merging, nothing, plain, relu, rescaling } from './numbers.js';
import { concatenate, flatten, reshape, zeroPadding } from './shapes.js';
import { convolution, depthwiseConvolution, globalPooling, pooling, separableConvolution } from './windows.js';

/** By the class name that Keras writes. */
const layers: Readonly<Record<string, Rule>> = {
  Activation: (call) => activated(call, call.inputs[0]!),
  ActivityRegularization: nothing,
  Add: merging('Add'),
  Average: plain('Mean'),
  AveragePooling2D: pooling('AveragePool'),
  BatchNormalization: batchNormalization,
  Concatenate: concatenate,
  Conv2D: convolution,
  Dense: dense,
  DepthwiseConv2D: depthwiseConvolution,
  Dropout: nothing,
  ELU: elu,
  Flatten: flatten,
  GaussianDropout: nothing,
  GaussianNoise: nothing,
  GlobalAveragePooling2D: globalPooling('GlobalAveragePool'),
  GlobalMaxPooling2D: globalPooling('GlobalMaxPool'),
  LeakyReLU: leakyRelu,
  Maximum: plain('Max'),
  MaxPooling2D: pooling('MaxPool'),
  Multiply: merging('Mul'),
  ReLU: relu,
  Rescaling: rescaling,
  Reshape: reshape,
  SeparableConv2D: separableConvolution,
  // Of the channels, which are first.
  Softmax: plain('Softmax', { axis: 1 }),
  SpatialDropout2D: nothing,
  Subtract: merging('Sub'),
  ZeroPadding2D: zeroPadding,
};

/**
 * Adds a layer.
 *
 * @throws GradlensError `unsupported-model` with the layer's name
 */
export function addLayer(call: Call): Value {
  const { type, config } = call.layer;
  const rule = Object.hasOwn(layers, type) ? layers[type] : undefined;
  if (!rule) throw unsupported(call.layer, `layers of these kinds are read: ${listed(Object.keys(layers))}`);
  if (config['data_format'] === 'channels_first') {
    throw unsupported(call.layer, 'its channels are first, and TensorFlow.js has them last');
  }
  return rule(call);
}
