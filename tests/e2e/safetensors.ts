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
