// Keras' activations, in layers of their own or at the end of others.

import { type Builder, type Value } from './builder.js';

type Activation = (builder: Builder, input: Value, name: string, keras: string) => Value;

const simple = (op: string): Activation => (builder, input, name) => builder.node(op, [input], name);

/** Values between two numbers. */
export function clip(builder: Builder, input: Value, name: string, least: number, most: number): Value {
  const bounds = [least, most].map((bound, at) => builder.constant(`${name}/bound_${at}`, [bound], []));
  return builder.node('Clip', [input, ...bounds], name);
}

/** x · σ(x). */
const swish: Activation = (builder, input, name) =>
  builder.node('Mul', [input, builder.node('Sigmoid', [input], `${name}/sigmoid`)], name);

/** By Keras' name. */
export const activations: Readonly<Record<string, Activation>> = {
  linear: (_builder, input) => input,
  relu: simple('Relu'),
  relu6: (builder, input, name) => clip(builder, input, name, 0, 6),
  // Of the channels, which are first.
  softmax: (builder, input, name) => builder.node('Softmax', [input], name, { axis: 1 }),
  sigmoid: simple('Sigmoid'),
  tanh: simple('Tanh'),
  elu: simple('Elu'),
  selu: simple('Selu'),
  softplus: simple('Softplus'),
  softsign: simple('Softsign'),
  swish,
  silu: swish,
  // Keras 3 has PyTorch's slope.
  hard_sigmoid: (builder, input, name, keras) =>
    builder.node('HardSigmoid', [input], name, { alpha: { float: keras.startsWith('3') ? 1 / 6 : 0.2 }, beta: { float: 0.5 } }),
};
