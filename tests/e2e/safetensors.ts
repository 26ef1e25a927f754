// Reads safetensors files, which goldens are.

export interface Tensor {
  dtype: string;
  shape: number[];
  bytes: Uint8Array;
}

type Header = Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;

export function readTensors(file: Uint8Array): Map<string, Tensor> {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const start = 8 + length;
  const { __metadata__, ...header } = JSON.parse(new TextDecoder().decode(file.subarray(8, start))) as Header;
  return new Map(
    Object.entries(header).map(([name, { dtype, shape, data_offsets: [from, to] }]) => [
      name,
      { dtype, shape, bytes: file.slice(start + from, start + to) },
    ]),
  );
}

export function floats({ bytes }: Tensor): Float32Array {
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

/** The values of a tensor in single or double precision. */
export function numbers(tensor: Tensor): readonly number[] {
  const { dtype, bytes } = tensor;
  if (dtype === 'F32') return Array.from(floats(tensor));
  if (dtype === 'F64') return Array.from(new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8));
  throw new Error(`a tensor of type ${dtype} in place of floats`);
}
