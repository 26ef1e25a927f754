// What code weighs on its way to a visitor.
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { brotliCompressSync, constants } from 'node:zlib';

/**
 * The bytes of a file under brotli at its best. It takes a minute for the largest module, so the answer is
 * kept.
 * @param {string} file
 * @param {string} notebook the file where answers are kept, by content
 */
export async function compressedSize(file, notebook) {
  const content = await readFile(file);
  const key = createHash('sha256').update(content).digest('hex');
  const known = await readFile(notebook, 'utf8').then(JSON.parse, () => ({}));
  if (!(key in known)) {
    known[key] = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }).length;
    await writeFile(notebook, JSON.stringify(known));
  }
  return known[key];
}
