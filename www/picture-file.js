// @ts-check
// What the bytes of a file say of it, before anything decodes them.

/**
 * @typedef {object} Looks
 * @property {string} kind the name of the format, '' where it is none of pictures
 * @property {number} width in pixels, 0 where it is not known
 * @property {number} height
 */

/** The formats by what their files begin with; of a file with brands, by those. */
const beginnings = [
  { kind: 'JPEG', begins: /^\xff\xd8\xff/ },
  { kind: 'PNG', begins: /^\x89PNG\r\n\x1a\n/ },
  { kind: 'GIF', begins: /^GIF8[79]a/ },
  { kind: 'WebP', begins: /^RIFF[^]{4}WEBP/ },
  { kind: 'BMP', begins: /^BM[^]{4}\0{4}/ },
  { kind: 'ICO', begins: /^\0\0\x01\0/ },
  { kind: 'TIFF', begins: /^(II\*\0|MM\0\*)/ },
  { kind: 'PSD', begins: /^8BPS/ },
  { kind: 'JPEG XL', begins: /^(\xff\x0a|[^]{4}JXL )/ },
  { kind: 'JPEG 2000', begins: /^([^]{4}jP {2}|\xff\x4f\xff\x51)/ },
  { kind: 'AVIF', begins: /^[^]{4}ftyp([^]{4}){0,16}?avi[fs]/ },
  { kind: 'HEIC', begins: /^[^]{4}ftyp([^]{4}){0,16}?(hei[cmsx]|hev[cmsx]|mif1|msf1)/ },
];

/** The formats that every browser reads: a file of theirs that does not decode is broken. */
export const readEverywhere = new Set(['JPEG', 'PNG', 'GIF', 'WebP', 'BMP', 'ICO', 'SVG']);

/**
 * @param {Uint8Array<ArrayBuffer>} head the file's first bytes; where it is a JPEG, up to its size
 * @returns {Looks}
 */
export function lookAt(head) {
  // As many as the brands, a comment or a document type take.
  const text = String.fromCharCode(...head.subarray(0, 4096));
  const kind = isSvg(text) ? 'SVG' : beginnings.find(({ begins }) => begins.test(text))?.kind ?? '';
  const [width, height] = sizes[kind]?.(new DataView(head.buffer, head.byteOffset, head.byteLength)) ?? [0, 0];
  return { kind, width, height };
}

/**
 * Whether a drawing is what comes first in a text, but for comments and declarations.
 * @param {string} text
 */
function isSvg(text) {
  const declarations = /^\xef\xbb\xbf|<!--[^]*?-->|<\?[^]*?\?>|<!DOCTYPE[^[>]*(\[[^]*?\]\s*)?>/g;
  return /^\s*<(\w+:)?svg[\s>]/.test(text.replace(declarations, ''));
}

/** @type {Record<string, (file: DataView) => [width: number, height: number]>} where the sizes are */
const sizes = {
  JPEG: guarded(jpegSize),
  PNG: guarded((file) => [file.getUint32(16), file.getUint32(20)]),
  GIF: guarded((file) => [file.getUint16(6, true), file.getUint16(8, true)]),
  BMP: guarded((file) => [Math.abs(file.getInt32(18, true)), Math.abs(file.getInt32(22, true))]),
  WebP: guarded(webpSize),
};

/**
 * @param {(file: DataView) => [number, number]} read
 * @returns {(file: DataView) => [number, number]} the same, that gives nothing where the file ends before
 */
function guarded(read) {
  return (file) => {
    try {
      return read(file);
    } catch {
      return [0, 0];
    }
  };
}

/**
 * @param {DataView} file
 * @returns {[number, number]}
 */
function jpegSize(file) {
  // Segment after segment up to the frame's header, C0 to CF but for three others in between.
  for (let at = 2; ; at += 2 + file.getUint16(at + 2)) {
    const marker = file.getUint16(at);
    if (marker < 0xff01) return [0, 0];
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (isFrame) return [file.getUint16(at + 7), file.getUint16(at + 5)];
  }
}

/**
 * @param {DataView} file
 * @returns {[number, number]}
 */
function webpSize(file) {
  const uint24 = (/** @type {number} */ at) => file.getUint16(at, true) + 2 ** 16 * file.getUint8(at + 2);
  switch (file.getUint8(15)) {
    case 0x58: // VP8X
      return [1 + uint24(24), 1 + uint24(27)];
    case 0x4c: { // VP8L
      const bits = file.getUint32(21, true);
      return [1 + (bits & 0x3fff), 1 + ((bits >>> 14) & 0x3fff)];
    }
    default:
      return [file.getUint16(26, true) & 0x3fff, file.getUint16(28, true) & 0x3fff];
  }
}

/**
 * How many pictures an animation has: 1 where the file is none, 0 where the number is not known.
 * @param {string} kind
 * @param {Uint8Array<ArrayBuffer>} bytes the whole file; of a PNG, up to its pixels
 */
export function countFrames(kind, bytes) {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (kind) {
    case 'GIF': return gifFrames(bytes);
    case 'PNG': return pngFrames(file);
    case 'WebP': return webpFrames(file);
    case 'AVIF': return nameAt(file, 8) === 'avis' ? 0 : 1;
    default: return 1;
  }
}

/** @param {Uint8Array} bytes */
function gifFrames(bytes) {
  const tableSize = (/** @type {number} */ flags) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let at = 13 + tableSize(bytes[10]);
  let frames = 0;
  while (bytes[at] === 0x2c || bytes[at] === 0x21) {
    const isFrame = bytes[at] === 0x2c;
    if (isFrame) frames++;
    at += isFrame ? 11 + tableSize(bytes[at + 9]) : 2;
    while (bytes[at]) at += 1 + bytes[at];
    at++;
  }
  return frames || 1;
}

/** @param {DataView} file */
function pngFrames(file) {
  for (let at = 8; at + 12 <= file.byteLength; at += 12 + file.getUint32(at)) {
    const name = nameAt(file, at + 4);
    if (name === 'acTL') return file.getUint32(at + 8);
    if (name === 'IDAT') break;
  }
  return 1;
}

/** @param {DataView} file */
function webpFrames(file) {
  let frames = 0;
  for (let at = 12; at + 8 <= file.byteLength;) {
    if (nameAt(file, at) === 'ANMF') frames++;
    const length = file.getUint32(at + 4, true);
    at += 8 + length + (length % 2);
  }
  return frames || 1;
}

/**
 * @param {DataView} file
 * @param {number} at
 */
function nameAt(file, at) {
  return String.fromCharCode(...new Uint8Array(file.buffer, file.byteOffset + at, 4));
}
