// The decoder of pictures in WebAssembly, which needs no glue. Each picture gets an instance of its own: a large one's
// memory goes with it, and one that traps leaves nothing behind.

import { doesNotStart } from './does-not-start.js';
import { type ErrorCode, GradlensError, shown } from './errors.js';
import { type Purpose, bytesOf, packagedUrl, resolveUrl } from './fetch.js';
import { isModule } from './kinds.js';
import { checkWebAssembly } from './simd.js';
import type { PictureOptions, ReadPicture } from './types.js';

declare const __WASM_BYTES__: Readonly<Record<'decode', number>>;

/** The most pixels that a file may claim to have: 1 GB, as RGBA. */
export const MOST_PIXELS = 2 ** 28;

/** See decode/src/exports.rs. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  input(length: number): number;
  decode_file(mostPixels: number, maxSide: number, frame: number): number;
  scale_pixels(width: number, height: number, maxSide: number): number;
}

const purpose: Purpose = { name: 'picture decoder', code: 'runtime-unavailable' };

/** Where an entry of this package has it. */
export type PackagedDecoder = () => URL;

/** Where it comes from: what a caller gives, else the entry's. */
export interface DecoderSource {
  readonly wasmUrl: PictureOptions['wasmUrl'];
  readonly wasm: PictureOptions['wasm'];
  readonly packaged: PackagedDecoder | undefined;
}

/** What is wanted of a file; see {@link PictureOptions}. */
export interface Decoding {
  readonly maxSide: number | undefined;
  readonly frame: number | undefined;
}

/** The pixels of a file. */
export function decode(source: DecoderSource, bytes: Uint8Array, { maxSide = 0, frame = 0 }: Decoding): Promise<ReadPicture> {
  return run(source, bytes, (decoder) => decoder.decode_file(MOST_PIXELS, maxSide, frame));
}

/** RGBA pixels with a long side of at most so many. */
export function scale(source: DecoderSource, { data, width, height }: ReadPicture, maxSide: number): Promise<ReadPicture> {
  return run(source, data, (decoder) => decoder.scale_pixels(width, height, maxSide));
}

async function run(
  source: DecoderSource,
  input: Uint8Array | Uint8ClampedArray,
  ask: (decoder: Exports) => number,
): Promise<ReadPicture> {
  const module = await compiled(source);
  try {
    const decoder = (await WebAssembly.instantiate(module)).exports as unknown as Exports;
    const bytes = (at: number, length: number) => new Uint8Array(decoder.memory.buffer, at, length);
    const text = (at: number, length: number) => new TextDecoder().decode(bytes(at, length));
    const at = decoder.input(input.length) >>> 0;
    if (at === 0) throw new RangeError('the file does not fit');
    bytes(at, input.length).set(input);
    const answer = ask(decoder) >>> 0;
    const [pixels, length, ...rest] = new Uint32Array(decoder.memory.buffer, answer, 7) as unknown as Answer;
    if (pixels === 0) throw new GradlensError(text(rest[0], rest[1]) as ErrorCode, text(rest[2], rest[3]));
    return { data: new Uint8ClampedArray(bytes(pixels, length)), width: rest[0], height: rest[1], frames: rest[2] };
  } catch (cause) {
    if (cause instanceof GradlensError) throw cause;
    // There is no memory to begin with, or it traps where that cannot grow.
    throw new GradlensError('out-of-memory', 'there is no memory to decode this picture: make it smaller first', { cause });
  }
}

/** As decode/src/exports.rs writes it. */
type Answer = [pixels: number, length: number, a: number, b: number, c: number, d: number];

/** The compiled module of each address. */
const modules = new Map<string, Promise<WebAssembly.Module>>();

/** The module that is given, or that of an address. */
async function compiled({ wasm, wasmUrl, packaged }: DecoderSource): Promise<WebAssembly.Module> {
  checkWebAssembly();
  if (isModule(wasm)) return wasm;
  if (wasm !== undefined) {
    throw new GradlensError('invalid-argument', `wasm is ${shown(wasm)}; it must be a WebAssembly.Module`);
  }
  const url = wasmUrl === undefined ? packagedAt(packaged) : resolveUrl(wasmUrl, purpose);
  const found = modules.get(url.href);
  if (found) return found;
  const compiling = bytesOf(url, purpose).then((bytes) =>
    WebAssembly.compile(bytes).catch((cause) => Promise.reject(doesNotStart(purpose.name, cause))),
  );
  modules.set(url.href, compiling);
  // The next call tries it again.
  compiling.catch(() => modules.delete(url.href));
  return compiling;
}

function packagedAt(resolve: PackagedDecoder | undefined): URL {
  if (resolve) return packagedUrl(resolve, __WASM_BYTES__.decode, purpose);
  throw new GradlensError(
    purpose.code,
    'this file needs a decoder, which "gradlens/core" does not bring along: give readPicture the address of gradlens/decode.wasm as ' +
      'wasmUrl, or the module as wasm',
  );
}
