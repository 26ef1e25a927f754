// The model file's weights in the forms that peers take: one blob, layer by layer weight and bias, in
// the order of network.js.
import protobuf from 'protobufjs';
import { layers } from '../network.js';

/**
 * The 32-bit tensors of an ONNX file.
 * @param {Buffer} file
 * @returns {Promise<Map<string, { shape: number[], values: Float32Array }>>}
 */
export async function readInitializers(file) {
  const root = new protobuf.Root();
  await root.load(new URL('onnx.proto', import.meta.url).pathname, { keepCase: true });
  const { graph } = root.lookupType('ModelProto').decode(file);
  return new Map(
    graph.initializer.map(({ name, dims, raw_data }) => [
      name,
      { shape: dims.map(Number), values: new Float32Array(new Uint8Array(raw_data).buffer) },
    ]),
  );
}

/**
 * The tensors of a safetensors file of 32-bit floats, or of other types as bytes.
 * @param {Buffer} file
 * @returns {Map<string, { shape: number[], values: Float32Array | Uint8Array }>}
 */
export function readTensors(file) {
  const start = 8 + Number(file.readBigUInt64LE());
  const { __metadata__, ...entries } = JSON.parse(file.toString('utf8', 8, start));
  const values = (dtype, [from, to]) => {
    const bytes = new Uint8Array(file.subarray(start + from, start + to));
    return dtype === 'F32' ? new Float32Array(bytes.buffer) : bytes;
  };
  return new Map(
    Object.entries(entries).map(([name, { dtype, shape, data_offsets }]) => [name, { shape, values: values(dtype, data_offsets) }]),
  );
}

/**
 * A weight from [out, in, h, w], as the model file has it, to [h, w, in, out]; for a depthwise
 * convolution this is [h, w, out], for the classifier [in, out].
 */
function channelsLast({ kind, inputs, outputs, kernel }, weight) {
  const depth = kind === 'depthwise' ? 1 : inputs;
  const places = kernel * kernel;
  const turned = new Float32Array(weight.length);
  for (let out = 0; out < outputs; out++) {
    for (let into = 0; into < depth; into++) {
      for (let at = 0; at < places; at++) {
        turned[(at * depth + into) * outputs + out] = weight[(out * depth + into) * places + at];
      }
    }
  }
  return turned;
}

/**
 * @param {ReturnType<typeof readTensors>} tensors
 * @param {'oihw' | 'hwio'} layout of the weights
 * @returns {Buffer}
 */
export function weightFile(tensors, layout) {
  const parts = layers().flatMap((layer) => {
    const { values } = tensors.get(`${layer.name}.weight`);
    return [layout === 'hwio' ? channelsLast(layer, values) : values, tensors.get(`${layer.name}.bias`).values];
  });
  return Buffer.concat(parts.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)));
}
