// What a bundler built, by its files.
import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** How many files of each ending a folder holds, and how many bytes they have. */
export async function sizesOf(folder: string): Promise<Record<string, { files: number; bytes: number }>> {
  const sizes: Record<string, { files: number; bytes: number }> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const size = (sizes[extname(entry.name)] ??= { files: 0, bytes: 0 });
    size.files += 1;
    size.bytes += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return sizes;
}
