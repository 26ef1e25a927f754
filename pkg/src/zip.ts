// The files of a zip archive. Fetched when one is opened.

import { type ZipEntry, unzipRaw } from 'unzipit';
import { GradlensError } from './errors.js';

/** More files, or bytes, have no network and what lies beside it. */
const MOST_FILES = 1000;
const MOST_BYTES = 2 ** 31;
/** Weights shrink little: what grows more than so many times, beyond so many bytes, is made to fill memory. */
const MOST_GROWTH = 100;
const HARMLESS_BYTES = 2 ** 24;

/** A file of an archive, which is unpacked when it is read. */
export interface PackedFile {
  /** Its path in the archive, with slashes. */
  readonly name: string;
  /** @throws GradlensError `invalid-files` if it is damaged or has not the size that the archive says */
  read(): Promise<Blob>;
}

/**
 * What an archive holds.
 *
 * @throws GradlensError `invalid-files` if it is no zip archive, is encrypted, holds more than 1,000 files or 2 GB, grows
 * more than a hundredfold, or has a path that leads out of it
 */
export async function unzipped(archive: Blob, name: string): Promise<PackedFile[]> {
  const { entries } = await unzipRaw(archive).catch((cause: unknown) => {
    throw invalid(`"${name}" is no zip archive, or is damaged`, cause);
  });
  const files = entries.filter(({ isDirectory }) => !isDirectory);
  if (files.length > MOST_FILES) {
    throw invalid(`"${name}" holds ${files.length} files; of a network at most ${MOST_FILES} are taken`);
  }
  // What is declared is what is unpacked at most.
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const isBomb = files.some(({ size, compressedSize }) => size > MOST_GROWTH * compressedSize + HARMLESS_BYTES);
  if (bytes > MOST_BYTES || isBomb) {
    throw invalid(`"${name}" unpacks to ${Math.ceil(bytes / 1e6)} MB, more than weights do; unpack it, and take the .onnx file`);
  }
  return files.map((entry) => ({ name: pathOf(entry, name), read: () => read(entry, name) }));
}

async function read(entry: ZipEntry, archive: string): Promise<Blob> {
  if (entry.encrypted) throw invalid(`"${entry.name}" in "${archive}" is encrypted; unpack it, and take the files`);
  try {
    return await entry.blob();
  } catch (cause) {
    throw invalid(`"${entry.name}" in "${archive}" cannot be unpacked; it may be damaged`, cause);
  }
}

function pathOf({ name }: ZipEntry, archive: string): string {
  const parts = name.replaceAll('\\', '/').split('/');
  if (parts[0] !== '' && !name.includes('\0') && !parts.includes('..') && !/^[a-z]:/i.test(name)) return parts.join('/');
  throw invalid(`"${archive}" has a path that leads out of it, "${name}"; unpack it, and take the files`);
}

function invalid(message: string, cause?: unknown): GradlensError {
  return new GradlensError('invalid-files', message, { cause });
}
