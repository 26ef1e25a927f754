// Networks of the conformance zoo: files without weights, which stand for deterministic noise. The README of the zoo
// defines it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  ATTRIBUTE,
  type Field,
  GRAPH,
  type Later,
  MODEL,
  NODE,
  type Pieces,
  TENSOR,
  bytes,
  changed,
  decoded,
  lengthOf,
  partsOf,
  pieces,
  text,
} from './onnx.ts';

/** What a golden says of the picture. */
export interface Input {
  /** What the file calls it. */
  readonly input: string;
  readonly input_shape: readonly [number, number, number, number];
  readonly input_layout: 'NCHW' | 'NHWC';
}

/**
 * Uniform in [0, 1): the sequence that a name begins (splitmix64 seeded with FNV-1a).
 *
 * In halves of 32 bits: there are networks of a hundred million weights, and a BigInt each would take minutes.
 */
class Uniform {
  #high: number;
  #low: number;

  constructor(name: string) {
    const seed = bytes(name).reduce((hash, byte) => BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n), 0xcbf29ce484222325n);
    this.#high = Number(seed >> 32n) | 0;
    this.#low = Number(seed & 0xffffffffn) | 0;
  }

  next(): number {
    const sum = (this.#low >>> 0) + 0x7f4a7c15;
    this.#low = sum | 0;
    this.#high = (this.#high + 0x9e3779b9 + (sum > 0xffffffff ? 1 : 0)) | 0;
    let high = this.#high ^ (this.#high >>> 30);
    let low = this.#low ^ ((this.#low >>> 30) | (this.#high << 2));
    high = highProduct(high, low, 0xbf58476d, 0x1ce4e5b9);
    low = Math.imul(low, 0x1ce4e5b9);
    low ^= (low >>> 27) | (high << 5);
    high ^= high >>> 27;
    high = highProduct(high, low, 0x94d049bb, 0x133111eb);
    low = Math.imul(low, 0x133111eb);
    low ^= (low >>> 31) | (high << 1);
    high ^= high >>> 31;
    return ((high >>> 0) * 2 ** 21 + (low >>> 11)) * 2 ** -53;
  }
}

/** The upper half of the product of two numbers of 64 bits each, as far as 64 bits hold it. */
function highProduct(high: number, low: number, factorHigh: number, factorLow: number): number {
  // Numbers are exact up to 2^53, so that one factor goes in halves of 16 bits.
  const lower = (low >>> 0) * (factorLow & 0xffff);
  const upper = (low >>> 0) * (factorLow >>> 16);
  const carried = Math.floor((upper + Math.floor(lower / 2 ** 16)) / 2 ** 16);
  return (carried + Math.imul(high, factorLow) + Math.imul(low, factorHigh)) | 0;
}

/** The values of a filled tensor. */
export function noise(name: string, count: number, mean: number, deviation: number): Later {
  return {
    length: 4 * count,
    *parts() {
      const uniform = new Uniform(name);
      const range = deviation * Math.sqrt(3);
      for (let left = count; left > 0; ) {
        const part = new Float32Array(Math.min(left, 2 ** 16));
        for (let i = 0; i < part.length; i++) part[i] = mean + range * (2 * uniform.next() - 1);
        yield new Uint8Array(part.buffer);
        left -= part.length;
      }
    },
  };
}

/** The zoo's picture, in the file's order of axes. */
export function probe({ input_shape: [, first, second, third], input_layout }: Input): Float32Array {
  const isLast = input_layout === 'NHWC';
  const [channels, height, width] = isLast ? [third, first, second] : [first, second, third];
  const uniform = new Uniform('input');
  const picture = new Float32Array(channels * height * width);
  let at = 0;
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < width; j++, at++) {
        const wave = Math.sin(0.11 * i * (1 + 0.3 * c) + 0.07 * j);
        picture[isLast ? (i * width + j) * channels + c : at] = wave + 0.5 * (2 * uniform.next() - 1) * Math.sqrt(3);
      }
    }
  }
  return picture;
}

/**
 * A skeleton with its weights, which sees the zoo's picture whatever picture it is given.
 *
 * The zoo's picture is of floats, and callers of the package give 8-bit values, none of which normalise to these. So all
 * that read the input read input · 0 + picture in its place, which is exactly the picture, and the network begins where
 * the reference's does.
 */
export function filled(skeleton: Uint8Array, input: Input): Pieces {
  const front = seeing(input);
  const change = ([number, value]: Field<Uint8Array>): Field => {
    if (number === GRAPH.initializer) return [number, filledTensor(value as Uint8Array)];
    if (number === GRAPH.node) return [number, changedNode(value as Uint8Array, input.input, front.output)];
    return [number, value];
  };
  const graph = (message: Uint8Array) => pieces([...front.fields, ...decoded(message).map(change)]);
  return changed(skeleton, MODEL.graph, graph);
}

/** What makes any picture the zoo's: fields of the graph, and what they put out. */
function seeing(input: Input): { fields: Field[]; output: string } {
  const name = (part: string) => `zoo/${part}`;
  const dims = input.input_shape.map(BigInt);
  const tensor = (part: string, dims: readonly bigint[], values: Float32Array): Field => [
    GRAPH.initializer,
    pieces([
      ...dims.map((dim): Field => [TENSOR.dims, dim]),
      [TENSOR.dataType, FLOAT],
      [TENSOR.name, bytes(name(part))],
      [TENSOR.rawData, new Uint8Array(values.buffer)],
    ]),
  ];
  const node = (operator: string, left: string, right: string, output: string): Field => [
    GRAPH.node,
    pieces([[NODE.input, bytes(left)], [NODE.input, bytes(right)], [NODE.output, bytes(output)], [NODE.operator, bytes(operator)]]),
  ];
  return {
    fields: [
      tensor('zero', [], Float32Array.of(0)),
      tensor('probe', dims, probe(input)),
      node('Mul', input.input, name('zero'), name('nothing')),
      node('Add', name('nothing'), name('probe'), name('picture')),
    ],
    output: name('picture'),
  };
}

/** Of a tensor's type. */
const FLOAT = 1n;

/** A node that reads one value in place of another, and whose constant has its values. */
function changedNode(node: Uint8Array, from: string, to: string): Pieces {
  const isConstant = text(node, NODE.operator) === 'Constant';
  return pieces(
    decoded(node).map(([number, value]): Field => {
      if (number === NODE.input && Buffer.from(value as Uint8Array).toString() === from) return [number, bytes(to)];
      if (number === NODE.attribute && isConstant) return [number, changed(value as Uint8Array, ATTRIBUTE.tensor, filledTensor)];
      return [number, value];
    }),
  );
}

/** A tensor with the values that its description asks for. */
function filledTensor(tensor: Uint8Array): Pieces {
  const [, mean, deviation] = /^fill uniform (\S+) (\S+)$/.exec(text(tensor, TENSOR.doc)) ?? [];
  if (mean === undefined || deviation === undefined) return [tensor];
  const fields = decoded(tensor);
  const all = (wanted: number) => fields.filter(([number]) => number === wanted).map(([, value]) => value as bigint);
  const name = text(tensor, TENSOR.name);
  if (all(TENSOR.dataType)[0] !== FLOAT) throw new Error(`the values of ${name} are no floats`);
  const count = Number(all(TENSOR.dims).reduce((product, dim) => product * dim, 1n));
  return pieces([...fields, [TENSOR.rawData, [noise(name, count, Number(mean), Number(deviation))]]]);
}

/**
 * Lends a file an address for as long as it is used.
 *
 * The page fetches it from a server of its own, and is not handed it by the test, which would send half a gigabyte
 * through the browser's debugger as text.
 */
export async function withAddress<T>(file: Pieces, use: (address: string) => Promise<T>): Promise<T> {
  const header = {
    'content-type': 'application/octet-stream',
    'content-length': lengthOf(file),
    'access-control-allow-origin': '*',
  };
  const server = createServer((_, response) => {
    // A page that has gone needs no answer.
    pipeline(Readable.from(partsOf(file)), response.writeHead(200, header)).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/network.onnx`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
