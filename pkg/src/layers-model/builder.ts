// A network of ONNX while its layers are added, one after the other.

import type { Attribute, OnnxNode, OnnxTensor } from './onnx.js';

/** A value of the network: pictures lie with their channels first, `[1, channels, height, width]`. */
export interface Value {
  readonly name: string;
  /** 4 for pictures, 2 for vectors. */
  readonly rank: number;
}

/** Adds nodes, whose values are named as their layers are. */
export class Builder {
  readonly nodes: OnnxNode[] = [];
  readonly tensors: OnnxTensor[] = [];
  readonly #names = new Set<string>();

  /** A name that nothing has: layers of networks within networks may be named alike. */
  named(name: string): string {
    let free = name;
    for (let copy = 2; this.#names.has(free); copy++) free = `${name}_${copy}`;
    this.#names.add(free);
    return free;
  }

  /** Adds a node; the answer is its output, called `output`, of as many axes as its first input if nothing else is said. */
  node(
    op: string,
    inputs: readonly (Value | string)[],
    output: string,
    attributes: Readonly<Record<string, Attribute>> = {},
    rank?: number,
  ): Value {
    const nameOf = (input: Value | string) => (typeof input === 'string' ? input : input.name);
    const name = this.named(output);
    this.nodes.push({ op, inputs: inputs.map(nameOf), output: name, attributes });
    const [first] = inputs;
    return { name, rank: rank ?? (typeof first === 'object' ? first.rank : 4) };
  }

  /** Adds constant numbers; the answer is their name. */
  constant(name: string, data: readonly number[] | Float32Array, shape: readonly number[] = [data.length]): string {
    const free = this.named(name);
    this.tensors.push({ name: free, shape, data: Float32Array.from(data) });
    return free;
  }

  /** Adds a constant shape, likewise. */
  shape(name: string, extents: readonly number[]): string {
    const free = this.named(name);
    this.tensors.push({ name: free, shape: [extents.length], data: BigInt64Array.from(extents, BigInt) });
    return free;
  }

  /** The value with a picture's channels last, as TensorFlow has them. */
  channelsLast(value: Value, name: string): Value {
    return value.rank === 4 ? this.node('Transpose', [value], `${name}/nhwc`, { perm: [0, 2, 3, 1] }) : value;
  }

  /** A picture whose channels are last, with its channels first. */
  channelsFirst(value: Value, name: string): Value {
    return value.rank === 4 ? this.node('Transpose', [value], name, { perm: [0, 3, 1, 2] }) : value;
  }
}
