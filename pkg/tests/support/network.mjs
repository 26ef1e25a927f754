// Files of small networks, and archives of files.
import { readFile } from 'node:fs/promises';
import { crc32, deflateRawSync } from 'node:zlib';

const own = new URL('../../../tests/', import.meta.url);

/** A file of the tests under another name. */
export const file = async (path, name = path.split('/').at(-1)) => new File([await readFile(new URL(path, own))], name);

export const text = (name, content) => new File([typeof content === 'string' ? content : JSON.stringify(content)], name);

/** A picture of what the layers models were tried on. */
export function picture({ width, height }) {
  const at = (pixel, channel) => (channel === 3 ? 255 : ((3 * pixel + channel) * 37) % 251);
  return { width, height, data: Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) => at(i >> 2, i % 4)) };
}

/** A zip archive of files; `change` may forge what it says of each. */
export async function zip(name, files, change = (entry) => entry) {
  const [locals, directory] = [[], []];
  let offset = 0;
  for (const each of files) {
    const bytes = Buffer.from(await each.arrayBuffer());
    const packed = deflateRawSync(bytes);
    const entry = change({ name: each.name, size: bytes.length, packed: packed.length, crc: crc32(bytes), flags: 0 });
    const path = Buffer.from(entry.name);
    const local = header(0x04034b50, [[2, 20], [2, entry.flags], [2, 8], [4, 0], [4, entry.crc], [4, entry.packed], [4, entry.size], [2, path.length], [2, 0]]);
    const fields = [[2, 20], [2, 20], [2, entry.flags], [2, 8], [4, 0], [4, entry.crc], [4, entry.packed], [4, entry.size], [2, path.length], [2, 0], [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]];
    locals.push(local, path, packed);
    directory.push(header(0x02014b50, fields), path);
    offset += local.length + path.length + packed.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = header(0x06054b50, [[2, 0], [2, 0], [2, files.length], [2, files.length], [4, size], [4, offset], [2, 0]]);
  return new File([...locals, ...directory, end], name);
}

function header(signature, fields) {
  const all = [[4, signature], ...fields];
  const bytes = Buffer.alloc(all.reduce((sum, [length]) => sum + length, 0));
  all.reduce((at, [length, value]) => bytes.writeUIntLE(value, at, length), 0);
  return bytes;
}
