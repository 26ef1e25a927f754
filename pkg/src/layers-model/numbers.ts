// Layers that compute with the numbers of one place.

import type { Builder, Value } from './builder.js';
import { type Call, type Rule, activated, unactivatedName, unsupported } from './call.js';
import { clip } from './activations.js';
import type { Attribute } from './onnx.js';

/** An operator of two values, of any number of them. */
export function merging(op: string): Rule {
  return ({ builder, inputs, output }) =>
    inputs.reduce((sum, input, at) => builder.node(op, [sum, input], at === inputs.length - 1 ? output : `${output}/${at}`));
}

/** An operator of any number of values. */
export function plain(op: string, attributes: Readonly<Record<string, Attribute>> = {}): Rule {
  return ({ builder, inputs, output }) => builder.node(op, inputs, output, attributes);
}

/** What only matters while a network is trained. */
export const nothing: Rule = ({ inputs }) => inputs[0]!;

/** A matrix for a vector, or for each place of a picture. */
export const dense: Rule = (call) => {
  const { builder, layer, inputs, output } = call;
  const { data, shape } = call.weight('kernel');
  const weights = builder.constant(`${output}/kernel`, data, shape);
  const hasBias = layer.config['use_bias'] !== false;
  const bias = hasBias ? [builder.constant(`${output}/bias`, call.weight('bias').data)] : [];
  const [input] = inputs as [Value];
  const name = unactivatedName(call);
  if (input.rank === 2) return activated(call, builder.node('Gemm', [input, weights, ...bias], name));
  const product = builder.node('MatMul', [builder.channelsLast(input, output), weights], `${output}/product`);
  const sum = hasBias ? builder.node('Add', [product, ...bias], `${output}/sum`) : product;
  return activated(call, builder.channelsFirst(sum, name));
};

/** Of the channels. */
export const batchNormalization: Rule = (call) => {
  const { builder, layer, inputs, output } = call;
  const { axis = -1, scale, center, epsilon = 1e-3 } = layer.config;
  const [place] = [axis].flat();
  if (place !== -1 && place !== inputs[0]!.rank - 1) throw unsupported(layer, `its axis is ${String(axis)} and not the channels'`);
  const { data: mean } = call.weight('moving_mean');
  const named = (name: string, data: Float32Array) => builder.constant(`${output}/${name}`, data);
  const unless = (isLeftOut: boolean, name: string, otherwise: number) =>
    named(name, isLeftOut ? new Float32Array(mean.length).fill(otherwise) : call.weight(name).data);
  const weights = [
    unless(scale === false, 'gamma', 1),
    unless(center === false, 'beta', 0),
    named('moving_mean', mean),
    named('moving_variance', call.weight('moving_variance').data),
  ];
  return builder.node('BatchNormalization', [...inputs, ...weights], output, { epsilon: { float: Number(epsilon) } });
};

/** With a slope below 0, or a maximum. */
export const relu: Rule = (call) => {
  const { builder, layer, inputs, output } = call;
  const { max_value: most = null, negative_slope: slope = 0, threshold = 0 } = layer.config;
  if (Number(threshold) !== 0 || (most !== null && Number(slope) !== 0)) {
    throw unsupported(layer, 'it has a threshold, or both a slope and a maximum');
  }
  if (most !== null) return clip(builder, inputs[0]!, output, 0, Number(most));
  return Number(slope) === 0 ? builder.node('Relu', inputs, output) : sloping(call, slope);
};

/** Whose slope is 0.3 where nothing is said. */
export const leakyRelu: Rule = (call) => {
  const { negative_slope: slope, alpha = 0.3 } = call.layer.config;
  return sloping(call, slope ?? alpha);
};

/** Whose saturation is 1 where nothing is said. */
export const elu: Rule = ({ builder, layer, inputs, output }) =>
  builder.node('Elu', inputs, output, { alpha: { float: Number(layer.config['alpha'] ?? 1) } });

function sloping({ builder, inputs, output }: Call, slope: unknown): Value {
  return builder.node('LeakyRelu', inputs, output, { alpha: { float: Number(slope) } });
}

/** `x · scale + offset`, each one number or one a channel. */
export const rescaling: Rule = ({ builder, layer, inputs, output }) => {
  const [input] = inputs as [Value];
  const scaled = builder.node('Mul', [input, channels(builder, `${output}/scale`, layer.config['scale'] ?? 1, input)], `${output}/scaled`);
  return builder.node('Add', [scaled, channels(builder, `${output}/offset`, layer.config['offset'] ?? 0, input)], output);
};

function channels(builder: Builder, name: string, values: unknown, { rank }: Value): string {
  const list = [values].flat().map(Number);
  return builder.constant(name, list, rank === 4 ? [1, list.length, 1, 1] : [list.length]);
}
