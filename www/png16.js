// @ts-check
// A canvas writes 8 bits a channel, and the kept libraries that write 16 need a build step. The
// format itself is short, and the browser brings its compression.

const SIGNATURE = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * A map as a grayscale PNG of 16 bits: 0 is black, 1 is white (65,535).
 * @param {Float32Array} map in [0, 1], row-major
 * @param {number} width
 * @param {number} height
 * @returns {Promise<Blob>}
 */
export async function grayscalePng(map, width, height) {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 16);
  // The rest stays 0: grayscale, deflate, one of five filters a row, not interlaced.
  return new Blob([
    SIGNATURE,
    await chunk('IHDR', new Uint8Array(header.buffer)),
    await chunk('IDAT', await deflate(rows(map, width, height))),
    await chunk('IEND', new Uint8Array()),
  ], { type: 'image/png' });
}

/**
 * @param {Float32Array} map
 * @param {number} width
 * @param {number} height
 */
function rows(map, width, height) {
  // A row begins with the number of its filter; 0 is none.
  const stride = 1 + 2 * width;
  const view = new DataView(new ArrayBuffer(height * stride));
  for (let i = 0; i < map.length; i++) {
    const at = Math.floor(i / width) * stride + 1 + 2 * (i % width);
    view.setUint16(at, Math.round(map[i] * 65535));
  }
  return view.buffer;
}

/** @param {ArrayBuffer} data */
async function deflate(data) {
  const stream = new Blob([data]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * @param {string} type
 * @param {Uint8Array<ArrayBuffer>} data
 */
async function chunk(type, data) {
  const content = new Blob([type, data]);
  const sum = crc(new Uint8Array(await content.arrayBuffer()));
  return new Blob([uint32(data.length), content, uint32(sum)]);
}

/** @param {number} value */
function uint32(value) {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, value);
  return view;
}

/**
 * The CRC-32 of ISO 3309.
 * @param {Uint8Array} data
 */
function crc(data) {
  let sum = ~0;
  for (const byte of data) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
