// Where photos are, and where what is made of them goes.

import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { UsageError } from './arguments.js';

/** The endings of the files that the package decodes. */
const pictures = /\.(jpe?g|png|webp|gif|bmp)$/i;

/** A photo among those that are asked for. */
export interface Photo {
  readonly file: string;
  /** What it is called below what was named. */
  readonly name: string;
}

/**
 * The photos that files and folders come to, each folder's in the order of their names.
 *
 * @throws UsageError if there is no such file, or no photo in a folder
 */
export async function photosAt(paths: readonly string[]): Promise<Photo[]> {
  const found = await Promise.all(
    paths.map(async (path) => {
      if (!(await isFolder(path))) return [{ file: path, name: basename(path) }];
      const files = (await filesIn(path, true)).filter((file) => pictures.test(file));
      if (files.length === 0) throw new UsageError(`the folder "${path}" holds no JPEG, PNG, WebP, GIF or BMP file`);
      return files.map((file) => ({ file, name: relative(path, file) }));
    }),
  );
  return found.flat();
}

/**
 * The files that a network's files and folders come to.
 *
 * @throws UsageError if there is no such file
 */
export async function networkAt(paths: readonly string[]): Promise<string[]> {
  return (await Promise.all(paths.map(async (path) => ((await isFolder(path)) ? filesIn(path, false) : [path])))).flat();
}

/**
 * For each photo the PNG file of its map: `out` itself if that is one, else a file of the photo's name in the folder `out`.
 *
 * @throws UsageError if that would be one file for several photos
 */
export function placesFor(photos: readonly Photo[], out: string): string[] {
  const isFile = /\.png$/i.test(out);
  const places = photos.map(({ name }) => (isFile ? out : join(out, `${name}.png`)));
  const twice = places.find((place, at) => places.indexOf(place) < at);
  if (twice === undefined) return places;
  throw new UsageError(
    isFile
      ? `--out ${out} is one file for ${photos.length} photos; name a folder`
      : `two photos would become "${twice}"; explain them one after the other, into folders of their own`,
  );
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw new UsageError(`there is no file or folder "${path}"`, { cause });
  }
}

async function filesIn(folder: string, recursive: boolean): Promise<string[]> {
  const entries = await readdir(folder, { recursive, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.'));
  const { compare } = new Intl.Collator('en', { numeric: true });
  return files.map((entry) => join(entry.parentPath, entry.name)).sort(compare);
}
