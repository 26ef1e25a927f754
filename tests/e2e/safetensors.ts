// Reads safetensors files, and writes them for tests of damaged ones.
import { createHash } from 'node:crypto';

export interface Tensor {
  dtype: string;
  shape: number[];
  bytes: Uint8Array;
}

interface Header {
  [name: string]: { dtype: string; shape: number[]; data_offsets: [number, number] };
}

/** The JSON header of a file, and where the data begins. */
export function readHeader(file: Uint8Array): { header: Header; metadata: Record<string, string>; start: number } {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const { __metadata__: metadata = {}, ...header } = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  return { header, metadata, start: 8 + length };
}

export function readTensors(file: Uint8Array): Map<string, Tensor> {
  const { header, start } = readHeader(file);
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

/** The file with its header changed and its checksum made right again. */
export function withHeader(file: Uint8Array, change: (header: Header) => void): Uint8Array {
  const { header, metadata, start } = readHeader(file);
  change(header);
  const zeros = '0'.repeat(64);
  const write = (sha256: string) => {
    const json = JSON.stringify({ __metadata__: { ...metadata, sha256 }, ...header });
    const padded = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(padded.length));
    return Buffer.concat([length, padded, file.subarray(start)]);
  };
  return write(createHash('sha256').update(write(zeros)).digest('hex'));
}
