// Pictures as PNG files: Node brings the compression and the checksum, and the rest is short.

import { crc32, deflateSync } from 'node:zlib';
import type { Picture } from '../direct.js';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** An opaque picture as a file: red, green and blue, 8 bits each. */
export function png(picture: Picture): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(picture.width, 0);
  header.writeUInt32BE(picture.height, 4);
  // Bits a channel, and their kind; the rest stays 0: deflate, a filter a row, not interlaced.
  header.set([8, 2], 8);
  const content = deflateSync(rows(picture));
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', content), chunk('IEND', Buffer.alloc(0))]);
}

/** Each row behind the number of its filter, 1: a pixel as its difference to the one before it. */
function rows({ data, width, height }: Picture): Buffer {
  const all = Buffer.alloc(height * (1 + 3 * width));
  let at = 0;
  for (let y = 0; y < height; y++) {
    all[at++] = 1;
    for (let x = 0; x < width; x++) {
      const pixel = 4 * (y * width + x);
      for (let channel = pixel; channel < pixel + 3; channel++) all[at++] = data[channel]! - (x > 0 ? data[channel - 4]! : 0);
    }
  }
  return all;
}

function chunk(type: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(content));
  return Buffer.concat([length, content, sum]);
}
