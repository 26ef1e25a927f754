// Files that people have beside photos, made as small as they can be.
import { crc32, deflateSync } from 'node:zlib';

const uint32 = (value: number) => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value]);
const littleEndian = (value: number, bytes: number) => Buffer.from(Array.from({ length: bytes }, (_, at) => value >>> (8 * at)));

function pngOf(...chunks: [type: string, data: Buffer][]) {
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    ...chunks.map(([type, data]) => {
      const body = Buffer.concat([Buffer.from(type), data]);
      return Buffer.concat([uint32(data.length), body, uint32(crc32(body))]);
    }),
  ]);
}

const ihdr = (width: number, height: number): [string, Buffer] =>
  ['IHDR', Buffer.concat([uint32(width), uint32(height), Buffer.from([8, 6, 0, 0, 0])])];

/** A PNG of two by two pixels. */
const square = (rgba: number[]) => deflateSync(Buffer.from([0, ...rgba, ...rgba, 0, ...rgba, ...rgba]));

/** A black cross of a pixel's width on a ground that lets everything through. */
export function transparentPng(): Buffer {
  const side = 9;
  const rows = Array.from({ length: side }, (_, y) =>
    [0, ...Array.from({ length: side }, (_, x) => [0, 0, 0, x === 4 || y === 4 ? 255 : 0]).flat()]);
  return pngOf(ihdr(side, side), ['IDAT', deflateSync(Buffer.from(rows.flat()))], ['IEND', Buffer.alloc(0)]);
}

/** One that claims to be this large, and holds next to nothing. */
export const claimingPng = (width: number, height: number) =>
  pngOf(ihdr(width, height), ['IDAT', deflateSync(Buffer.alloc(100))], ['IEND', Buffer.alloc(0)]);

/** A red frame and then blue ones. */
export function animatedPng(frames: number): Buffer {
  let sequence = 0;
  const control = (): [string, Buffer] =>
    ['fcTL', Buffer.concat([uint32(sequence++), uint32(2), uint32(2), uint32(0), uint32(0), Buffer.from([0, 1, 0, 10, 0, 0])])];
  return pngOf(
    ihdr(2, 2),
    ['acTL', Buffer.concat([uint32(frames), uint32(0)])],
    control(),
    ['IDAT', square([255, 0, 0, 255])],
    ...Array.from({ length: frames - 1 }, (): [string, Buffer][] =>
      [control(), ['fdAT', Buffer.concat([uint32(sequence++), square([0, 0, 255, 255])])]]).flat(),
    ['IEND', Buffer.alloc(0)],
  );
}

/** The same as a GIF of one pixel, each frame after an extension. */
export function animatedGif(frames: number): Buffer {
  const frame = (colour: number) => Buffer.from([
    0x21, 0xf9, 4, 0, 10, 0, 0, 0,
    0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0,
    2, 2, colour === 0 ? 0x44 : 0x4c, 1, 0,
  ]);
  return Buffer.concat([
    Buffer.from('GIF89a'),
    Buffer.from([1, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 255]),
    Buffer.from([0x21, 0xff, 11]), Buffer.from('NETSCAPE2.0'), Buffer.from([3, 1, 0, 0, 0]),
    ...Array.from({ length: frames }, (_, at) => frame(Math.min(at, 1))),
    Buffer.from([0x3b]),
  ]);
}

/** An animation whose frames are a still, lossy and opaque WebP of 16 by 16 pixels. */
export function animatedWebp(still: Buffer, frames: number): Buffer {
  const chunk = (type: string, data: Buffer) =>
    Buffer.concat([Buffer.from(type), littleEndian(data.length, 4), data, Buffer.alloc(data.length % 2)]);
  const size = Buffer.concat([littleEndian(15, 3), littleEndian(15, 3)]);
  const frame = Buffer.concat([Buffer.alloc(6), size, littleEndian(100, 3), Buffer.from([0]), still.subarray(still.indexOf('VP8 '))]);
  const body = Buffer.concat([
    Buffer.from('WEBP'),
    chunk('VP8X', Buffer.concat([Buffer.from([2, 0, 0, 0]), size])),
    chunk('ANIM', Buffer.alloc(6)),
    ...Array.from({ length: frames }, () => chunk('ANMF', frame)),
  ]);
  return Buffer.concat([Buffer.from('RIFF'), littleEndian(body.length, 4), body]);
}

/** A file of ISO's base media, of a photo or of a film, without what it would hold. */
export const baseMedia = (...brands: string[]) =>
  Buffer.concat([uint32(12 + 4 * brands.length), Buffer.from(`ftyp${brands[0]}\0\0\0\0${brands.slice(1).join('')}`), Buffer.alloc(64)]);
