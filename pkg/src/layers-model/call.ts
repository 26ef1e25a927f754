// A layer where it is called, and what rules have in common.

import { GradlensError, listed } from '../errors.js';
import { activations } from './activations.js';
import type { Builder, Value } from './builder.js';
import type { Layer } from './topology.js';
import type { Weight } from './weights.js';

/** What a rule makes nodes of. */
export interface Call {
  readonly builder: Builder;
  readonly layer: Layer;
  /** The version of Keras. */
  readonly keras: string;
  readonly inputs: readonly Value[];
  /** What its value is to be called. */
  readonly output: string;
  /** @throws GradlensError `invalid-model` if the layer has no such weight */
  weight(name: string): Weight;
}

/** Adds a layer's nodes; the answer is what it gives. */
export type Rule = (call: Call) => Value;

/** The failure of a layer that nothing in ONNX is made of. */
export function unsupported({ name, type }: Layer, reason: string): GradlensError {
  return new GradlensError('unsupported-model', `the layer "${name}" (${type}) cannot be turned into ONNX: ${reason}`);
}

/** What a layer gives of what it computed: its activation. */
export function activated({ builder, layer, keras, output }: Call, value: Value): Value {
  const activation = String(layer.config['activation'] ?? 'linear');
  const add = Object.hasOwn(activations, activation) ? activations[activation] : undefined;
  if (add) return add(builder, value, output, keras);
  throw unsupported(layer, `its activation is "${activation}"; these are read: ${listed(Object.keys(activations))}`);
}

/** What a layer's value is called before its activation, if it has one. */
export function unactivatedName({ layer, output }: Call): string {
  return (layer.config['activation'] ?? 'linear') === 'linear' ? output : `${output}/linear`;
}

/** `[height, width]` of a setting that may be one number for both. */
export function pair(value: unknown, otherwise: number): [number, number] {
  if (Array.isArray(value)) return [Number(value[0]), Number(value[1])];
  const both = Number(value ?? otherwise);
  return [both, both];
}
