// Changes ONNX files, for tests of what is peculiar or damaged. Numbers of fields are those of onnx.proto.

export const MODEL = { irVersion: 1, graph: 7, opsets: 8 };
export const GRAPH = { node: 1, initializer: 5, input: 11, output: 12 };
export const NODE = { input: 1, output: 2, operator: 4, attribute: 5 };
export const ATTRIBUTE = { tensor: 5 };
export const TENSOR = { dims: 1, dataType: 2, name: 8, rawData: 9, doc: 12, externalData: 13, dataLocation: 14 };
const ENTRY = { key: 1, value: 2 };

/** Bytes that are made a part at a time while they are sent, so that large ones are never in memory as a whole. */
export interface Later {
  readonly length: number;
  parts(): Iterable<Uint8Array>;
}

/** A message in pieces, one behind the other. */
export type Pieces = readonly (Uint8Array | Later)[];

/** A field of a message: a whole number, a float of 32 bits, or bytes, which may be a text or a message. */
export type Field<Bytes = Uint8Array | Pieces> = readonly [number: number, value: bigint | number | Bytes];

/** The fields of a message. Their messages are bytes still. */
export function decoded(message: Uint8Array): Field<Uint8Array>[] {
  const fields: Field<Uint8Array>[] = [];
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = Number(varint());
    if (key % 8 === 0) fields.push([key >> 3, varint()]);
    else if (key % 8 === 2) {
      const length = Number(varint());
      fields.push([key >> 3, message.subarray(at, at + length)]);
      at += length;
    } else if (key % 8 === 5) {
      fields.push([key >> 3, view.getFloat32(at, true)]);
      at += 4;
    } else throw new Error(`wire type ${key % 8} is not one of those that are changed here`);
  }
  return fields;
}

/** A message of these fields. */
export function pieces(fields: readonly Field[]): Pieces {
  const varint = (value: bigint): number[] => (value < 128n ? [Number(value)] : [Number(value & 127n) | 128, ...varint(value >> 7n)]);
  const head = (number: number, wireType: number, ...values: bigint[]) => Buffer.from([BigInt((number << 3) | wireType), ...values].flatMap(varint));
  return fields.flatMap(([number, value]) => {
    if (typeof value === 'bigint') return [head(number, 0, value)];
    if (typeof value === 'number') return [head(number, 5), new Uint8Array(Float32Array.of(value).buffer)];
    const parts = value instanceof Uint8Array ? [value] : value;
    return [head(number, 2, BigInt(lengthOf(parts))), ...parts];
  });
}

/** In bytes. */
export function lengthOf(pieces: Pieces): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

/** A message with each of its messages of this number changed. */
export function changed(message: Uint8Array, number: number, change: (part: Uint8Array) => Uint8Array | Pieces): Pieces {
  return pieces(decoded(message).map((field): Field => (field[0] === number ? [number, change(field[1] as Uint8Array)] : field)));
}

/** The bytes of pieces, one part after the other. */
export function* partsOf(pieces: Pieces): Generator<Uint8Array> {
  for (const piece of pieces) {
    if (piece instanceof Uint8Array) yield piece;
    else yield* piece.parts();
  }
}

const whole = (pieces: Pieces): Uint8Array => Buffer.concat([...partsOf(pieces)]);

/** The text of this number in a message, which is empty where there is none. */
export function text(message: Uint8Array, number: number): string {
  return Buffer.from((decoded(message).find(([each]) => each === number)?.[1] ?? []) as Uint8Array).toString();
}

export const bytes = (text: string) => Buffer.from(text);

/** The file with nodes of one operator turned into those of another. */
export function withOperator(model: Uint8Array, from: string, to: string): Uint8Array {
  const renamed = (node: Uint8Array) => (text(node, NODE.operator) === from ? changed(node, NODE.operator, () => bytes(to)) : node);
  return whole(changed(model, MODEL.graph, (graph) => changed(graph, GRAPH.node, renamed)));
}

/** The file without a tensor. */
export function withoutTensor(model: Uint8Array, name: string): Uint8Array {
  const keep = ([number, value]: Field) => number !== GRAPH.initializer || text(value as Uint8Array, TENSOR.name) !== name;
  return whole(changed(model, MODEL.graph, (graph) => pieces(decoded(graph).filter(keep))));
}

/** The file with its weights in a second one, which it calls by this name. */
export function withExternalData(model: Uint8Array, location: string): { model: Uint8Array; data: Uint8Array } {
  const parts: Uint8Array[] = [];
  let offset = 0;
  const entry = (key: string, value: string): Field => [
    TENSOR.externalData,
    pieces([[ENTRY.key, bytes(key)], [ENTRY.value, bytes(value)]]),
  ];
  const moved = ([number, value]: Field): Field[] => {
    if (number !== TENSOR.rawData) return [[number, value]];
    const part = value as Uint8Array;
    const where = [entry('location', location), entry('offset', String(offset)), entry('length', String(part.length))];
    parts.push(part);
    offset += part.length;
    return [...where, [TENSOR.dataLocation, 1n]];
  };
  const without = changed(model, MODEL.graph, (graph) =>
    changed(graph, GRAPH.initializer, (tensor) => pieces(decoded(tensor).flatMap(moved))),
  );
  return { model: whole(without), data: Buffer.concat(parts) };
}

const OPSET = { version: 2 };
const VALUE = { name: 1, type: 2 };
const TYPE = { tensor: 1 };
const TENSOR_TYPE = { element: 1, shape: 2 };
const SHAPE = { dim: 1 };
const DIM = { value: 1 };
const FLOAT = 1n;

/** A convolution of so many channels, which are pooled: a picture of so many pixels a side makes large activations of it. */
export function wideNetwork(side: number, channels: number): Uint8Array {
  const dims = (...extents: number[]) => pieces(extents.map((extent) => [SHAPE.dim, pieces([[DIM.value, BigInt(extent)]])]));
  const value = (name: string, ...extents: number[]) => {
    const tensor = pieces([[TENSOR_TYPE.element, FLOAT], [TENSOR_TYPE.shape, dims(...extents)]]);
    return pieces([[VALUE.name, bytes(name)], [VALUE.type, pieces([[TYPE.tensor, tensor]])]]);
  };
  const node = (operator: string, output: string, ...inputs: string[]): Field => {
    const named = inputs.map((input): Field => [NODE.input, bytes(input)]);
    return [GRAPH.node, pieces([...named, [NODE.output, bytes(output)], [NODE.operator, bytes(operator)]])];
  };
  const weight = pieces([
    ...[channels, 3, 1, 1].map((extent): Field => [TENSOR.dims, BigInt(extent)]),
    [TENSOR.dataType, FLOAT],
    [TENSOR.name, bytes('weight')],
    [TENSOR.rawData, new Uint8Array(Float32Array.from({ length: 3 * channels }, (_, at) => at % 7).buffer)],
  ]);
  const graph = pieces([
    node('Conv', 'wide', 'image', 'weight'),
    node('GlobalAveragePool', 'pooled', 'wide'),
    node('Flatten', 'scores', 'pooled'),
    [GRAPH.initializer, weight],
    [GRAPH.input, value('image', 1, 3, side, side)],
    [GRAPH.output, value('scores', 1, channels)],
  ]);
  return whole(pieces([[MODEL.irVersion, 8n], [MODEL.opsets, pieces([[OPSET.version, 17n]])], [MODEL.graph, graph]]));
}
