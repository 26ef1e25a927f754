// Layers that move a window over a picture: convolutions and pooling.

import { type Call, type Rule, activated, pair, unactivatedName } from './call.js';
import type { Value } from './builder.js';
import type { Attribute } from './onnx.js';
import type { Layer } from './topology.js';

/** Of a kernel `[rows, columns, in, out]`. */
export const convolution: Rule = (call) => {
  const { layer, inputs } = call;
  const groups = Number(layer.config['groups'] ?? 1);
  return activated(call, convolved(call, inputs[0]!, 'kernel', (shape) => ({ ...windowOf(layer, shape), group: groups })));
};

/** Of a kernel `[rows, columns, in, multiplier]`, each channel by itself. */
export const depthwiseConvolution: Rule = (call) => {
  const bias = call.layer.config['use_bias'] === false ? [] : [biasOf(call)];
  return activated(call, depthwise(call, unactivatedName(call), bias));
};

/** Depthwise, and then 1x1. */
export const separableConvolution: Rule = (call) => {
  const filtered = depthwise(call, `${call.output}/depthwise`, []);
  return activated(call, convolved(call, filtered, 'pointwise_kernel', (shape) => ({ kernel_shape: shape })));
};

/** The mean or the maximum of each window. */
export function pooling(op: string): Rule {
  return ({ builder, layer, inputs, output }) =>
    builder.node(op, inputs, output, windowOf(layer, pair(layer.config['pool_size'], 2)));
}

/** The same of the whole picture. */
export function globalPooling(op: string): Rule {
  return ({ builder, layer, inputs, output }) => {
    if (layer.config['keepdims'] === true) return builder.node(op, inputs, output);
    return builder.node('Flatten', [builder.node(op, inputs, `${output}/pooled`)], output, { axis: 1 }, 2);
  };
}

/** ONNX's kernels are `[out, in, rows, columns]`. */
function convolved(
  call: Call,
  input: Value,
  kernel: string,
  attributes: (shape: [number, number]) => Record<string, Attribute>,
): Value {
  const { builder, layer, output } = call;
  const { shape: [rows = 0, columns = 0, depth = 0, filters = 0], data } = call.weight(kernel);
  const moved = reordered(data, [rows * columns, depth, filters], [2, 1, 0]);
  const weights = builder.constant(`${output}/${kernel}`, moved, [filters, depth, rows, columns]);
  const bias = layer.config['use_bias'] === false ? [] : [biasOf(call)];
  return builder.node('Conv', [input, weights, ...bias], unactivatedName(call), attributes([rows, columns]));
}

/** As many groups as there are channels. */
function depthwise(call: Call, name: string, bias: readonly string[]): Value {
  const { builder, layer, inputs, output } = call;
  const { shape: [rows = 0, columns = 0, depth = 0, multiplier = 0], data } = call.weight('depthwise_kernel');
  const moved = reordered(data, [rows * columns, depth, multiplier], [1, 2, 0]);
  const weights = builder.constant(`${output}/depthwise_kernel`, moved, [depth * multiplier, 1, rows, columns]);
  return builder.node('Conv', [inputs[0]!, weights, ...bias], name, { ...windowOf(layer, [rows, columns]), group: depth });
}

function biasOf({ builder, output, weight }: Call): string {
  return builder.constant(`${output}/bias`, weight('bias').data);
}

/** How a window of `[rows, columns]` moves; SAME_UPPER pads as TensorFlow's "same" does. */
function windowOf({ config }: Layer, shape: [number, number]): Record<string, Attribute> {
  const strides = pair(config['strides'] ?? config['pool_size'], 1);
  const dilations = pair(config['dilation_rate'], 1);
  const isDilated = dilations.some((dilation) => dilation !== 1);
  const window = { kernel_shape: shape, strides, ...(isDilated && { dilations }) };
  if (config['padding'] !== 'same') return window;
  if (!isDilated) return { ...window, auto_pad: 'SAME_UPPER' };
  // Runtimes refuse both. Strides are 1 then.
  const [rows, columns] = [(shape[0] - 1) * dilations[0], (shape[1] - 1) * dilations[1]];
  const [top, left] = [Math.floor(rows / 2), Math.floor(columns / 2)];
  return { ...window, pads: [top, left, rows - top, columns - left] };
}

type Triple = readonly [number, number, number];

/** Numbers of three axes with the axes in another order. */
function reordered(data: Float32Array, shape: Triple, [a, b, c]: Triple): Float32Array {
  const strides = [shape[1] * shape[2], shape[2], 1];
  const result = new Float32Array(data.length);
  let at = 0;
  for (let i = 0; i < shape[a]!; i++) {
    for (let j = 0; j < shape[b]!; j++) {
      for (let k = 0; k < shape[c]!; k++) result[at++] = data[i * strides[a]! + j * strides[b]! + k * strides[c]!]!;
    }
  }
  return result;
}
