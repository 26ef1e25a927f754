// Files with the names that they are known by, those of archives among them.

import { GradlensError } from './errors.js';
import { bytesOf } from './fetch.js';
import { isBlob, isObject, isResponse, isUrl } from './kinds.js';
import { filePurpose } from './model.js';
import type { Files, Signal, Source } from './types.js';

/** A file that is read if it is needed. */
export interface NamedFile {
  readonly name: string;
  read(): Promise<Source>;
}

/**
 * All files of a set, but for those that systems hide.
 *
 * @throws GradlensError `invalid-argument` for what is no set of files, or has no names; those of archives
 */
export async function namedFiles(files: Files, signal: Signal): Promise<NamedFile[]> {
  const all = await Promise.all(listOf(files).map((file) => unpacked(file, signal)));
  return all.flat().filter(({ name }) => !isHidden(name));
}

/** The last part of a path. */
export const lastOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** What systems and macOS's archives put beside files. */
const isHidden = (name: string) => lastOf(name).startsWith('.') || /(^|\/)__MACOSX\//.test(name);

function listOf(files: Files): Source[] {
  if (typeof files === 'string' || isUrl(files) || isBlob(files) || isResponse(files)) return [files];
  // A FileList, too.
  const list = isObject(files) && 'length' in files && !ArrayBuffer.isView(files) ? Array.from(files as ArrayLike<Source>) : [];
  if (list.length > 0) return list;
  throw new GradlensError(
    'invalid-argument',
    'files are none: give a FileList, or an array of Files or addresses, or a single .zip',
  );
}

/** The files of an archive, or the file. */
async function unpacked(source: Source, signal: Signal): Promise<NamedFile[]> {
  const name = nameOf(source);
  if (!/\.zip$/i.test(name)) return [{ name, read: async () => source }];
  const { unzipped } = await import('./zip.js');
  const archive = isBlob(source)
    ? source
    : new Blob([await bytesOf(source, filePurpose(name), undefined, signal)]);
  const files = await unzipped(archive, name);
  // It is for the core to say what an archive is that holds no network: PyTorch's and Keras' files are archives, too.
  return files.some(({ name }) => /\.onnx$|(^|\/)model\.json$/i.test(name)) ? files : [{ name, read: async () => archive }];
}

/** What a file is called: it is known by that. */
function nameOf(source: unknown): string {
  if (typeof source === 'string' || isUrl(source)) return decoded(String(source));
  if (isResponse(source)) return decoded(source.url);
  const { webkitRelativePath: path, name } = (isBlob(source) ? source : {}) as Partial<File>;
  if (path || name) return path || name!;
  throw new GradlensError(
    'invalid-argument',
    'one of the files has no name, by which its kind is known; give a File (new File([bytes], "labels.txt")) or an address',
  );
}

/** The last part of an address. */
function decoded(address: string): string {
  const last = lastOf(address.split(/[?#]/, 1)[0]!);
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
