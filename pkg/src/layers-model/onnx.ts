// Writes ONNX files: as much of onnx.proto as a network of floats needs.

/** An attribute's value: a whole number, a `{ float }`, a text, or whole numbers. */
export type Attribute = number | { readonly float: number } | string | readonly number[];

/** A NodeProto with one output. */
export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** A TensorProto: of whole numbers where it holds shapes. */
export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

/** A ModelProto, of one picture and one output. */
export interface OnnxModel {
  readonly name: string;
  readonly producer: string;
  readonly nodes: readonly OnnxNode[];
  readonly tensors: readonly OnnxTensor[];
  readonly input: OnnxValue;
  readonly output: OnnxValue;
}

/** A ValueInfoProto of floats; a text is an extent that is not known. */
export interface OnnxValue {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

/** With the operators' meanings of this version. */
const OPSET = 13;
const IR_VERSION = 8;

const enum TensorType {
  Float = 1,
  Int64 = 7,
}

const enum AttributeType {
  Float = 1,
  Int = 2,
  String = 3,
  Ints = 7,
}

/** The file of a model. */
export function encodeModel({ name, producer, nodes, tensors, input, output }: OnnxModel): Blob {
  const graph = message(
    ...nodes.map((node) => field(1, encodeNode(node))),
    field(2, text(name)),
    ...tensors.map((tensor) => field(5, encodeTensor(tensor))),
    field(11, encodeValue(input)),
    field(12, encodeValue(output)),
  );
  return new Blob(message(number(1, IR_VERSION), field(2, text(producer)), field(7, graph), field(8, message(number(2, OPSET)))));
}

function encodeNode({ op, inputs, output, attributes = {} }: OnnxNode): Bytes[] {
  return message(
    ...inputs.map((input) => field(1, text(input))),
    field(2, text(output)),
    field(3, text(output)),
    field(4, text(op)),
    ...Object.entries(attributes).map(([name, value]) => field(5, message(field(1, text(name)), encodeAttribute(value)))),
  );
}

function encodeAttribute(value: Attribute): Bytes[] {
  if (typeof value === 'number') return message(number(3, value), number(20, AttributeType.Int));
  if (typeof value === 'string') return message(field(4, text(value)), number(20, AttributeType.String));
  if ('float' in value) return message(float(2, value.float), number(20, AttributeType.Float));
  return message(...value.map((each) => number(8, each)), number(20, AttributeType.Ints));
}

function encodeTensor({ name, shape, data }: OnnxTensor): Bytes[] {
  const type = data instanceof Float32Array ? TensorType.Float : TensorType.Int64;
  const dims = shape.map((extent) => number(1, extent));
  return message(...dims, number(2, type), field(8, text(name)), field(9, [littleEndian(data)]));
}

function encodeValue({ name, shape }: OnnxValue): Bytes[] {
  const dims = shape.map((extent) => field(1, typeof extent === 'number' ? number(1, extent) : field(2, text(extent))));
  const tensorType = message(number(1, TensorType.Float), field(2, message(...dims)));
  return message(field(1, text(name)), field(2, field(1, tensorType)));
}

// The wire format of protobuf. Weights are not copied: a message is the pieces that it consists of.

type Bytes = Uint8Array<ArrayBuffer>;

const enum WireType {
  Varint = 0,
  Length = 2,
  Fixed32 = 5,
}

function message(...parts: readonly Bytes[][]): Bytes[] {
  return parts.flat();
}

function field(id: number, pieces: Bytes[]): Bytes[] {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return [varint(8 * id + WireType.Length), varint(length), ...pieces];
}

function number(id: number, value: number): Bytes[] {
  return [varint(8 * id + WireType.Varint), varint(value)];
}

function float(id: number, value: number): Bytes[] {
  return [varint(8 * id + WireType.Fixed32), littleEndian(Float32Array.of(value))];
}

function text(value: string): Bytes[] {
  return [new TextEncoder().encode(value)];
}

/** Seven bits a byte, the lowest first; negative numbers as 64 bits. */
function varint(value: number): Bytes {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.of(...bytes, Number(rest));
}

/** As all machines that browsers run on store numbers. */
function littleEndian({ buffer, byteOffset, byteLength }: Float32Array | BigInt64Array): Bytes {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}
