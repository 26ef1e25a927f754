// Changes ONNX files, for tests of what is peculiar or damaged. Numbers of fields are those of onnx.proto.

const MODEL = { graph: 7 };
const GRAPH = { node: 1, initializer: 5 };
const NODE = { operator: 4 };
const TENSOR = { name: 8, rawData: 9, externalData: 13, dataLocation: 14 };
const ENTRY = { key: 1, value: 2 };

/** A field of a message: a whole number, or bytes, which may be a text or a message. */
type Field = readonly [number: number, value: bigint | Uint8Array];

function decoded(message: Uint8Array): Field[] {
  const fields: Field[] = [];
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
    } else throw new Error(`wire type ${key % 8} is not one of those that are changed here`);
  }
  return fields;
}

function encoded(fields: readonly Field[]): Uint8Array {
  const varint = (value: bigint): number[] => (value < 128n ? [Number(value)] : [Number(value & 127n) | 128, ...varint(value >> 7n)]);
  const field = ([number, value]: Field) =>
    typeof value === 'bigint'
      ? [Buffer.from([...varint(BigInt(number << 3)), ...varint(value)])]
      : [Buffer.from([...varint(BigInt((number << 3) | 2)), ...varint(BigInt(value.length))]), value];
  return Buffer.concat(fields.flatMap(field));
}

/** A message with each of its messages of this number changed. */
function changed(message: Uint8Array, number: number, change: (part: Uint8Array) => Uint8Array): Uint8Array {
  return encoded(decoded(message).map((field) => (field[0] === number ? [number, change(field[1] as Uint8Array)] : field)));
}

function text(message: Uint8Array, number: number): string {
  return Buffer.from(decoded(message).find(([each]) => each === number)![1] as Uint8Array).toString();
}

const bytes = (text: string) => Buffer.from(text);

/** The file with nodes of one operator turned into those of another. */
export function withOperator(model: Uint8Array, from: string, to: string): Uint8Array {
  return changed(model, MODEL.graph, (graph) =>
    changed(graph, GRAPH.node, (node) => (text(node, NODE.operator) === from ? changed(node, NODE.operator, () => bytes(to)) : node)),
  );
}

/** The file without a tensor. */
export function withoutTensor(model: Uint8Array, name: string): Uint8Array {
  const keep = ([number, value]: Field) => number !== GRAPH.initializer || text(value as Uint8Array, TENSOR.name) !== name;
  return changed(model, MODEL.graph, (graph) => encoded(decoded(graph).filter(keep)));
}

/** The file with its weights in a second one, which it calls by this name. */
export function withExternalData(model: Uint8Array, location: string): { model: Uint8Array; data: Uint8Array } {
  const parts: Uint8Array[] = [];
  let offset = 0;
  const entry = (key: string, value: string): Field => [
    TENSOR.externalData,
    encoded([[ENTRY.key, bytes(key)], [ENTRY.value, bytes(value)]]),
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
    changed(graph, GRAPH.initializer, (tensor) => encoded(decoded(tensor).flatMap(moved))),
  );
  return { model: without, data: Buffer.concat(parts) };
}
