import { unbundled } from './cdn.js';
import { type ErrorCode, GradlensError, aborted } from './errors.js';
import { isArrayBuffer, isBlob, isResponse, isUrl } from './kinds.js';
import type { Signal, Source } from './types.js';

/** Called with the bytes so far and in all. */
export type OnBytes = (loaded: number, total: number | null) => void;

/** What a file is for, in messages and codes. */
export interface Purpose {
  readonly name: string;
  readonly code: ErrorCode;
}

/** The sizes of this package's own files, which not every server tells. */
const sizes = new WeakMap<object, number>();

/**
 * The absolute address of a file, as the page means it.
 *
 * @throws GradlensError with the purpose's code
 */
export function resolveUrl(url: string | URL, { name, code }: Purpose): URL {
  try {
    return new URL(url, globalThis.document?.baseURI ?? globalThis.location?.href);
  } catch (cause) {
    throw new GradlensError(code, `"${String(url)}" is not an address to load a ${name} from`, { cause });
  }
}

/**
 * The address of a file of this package. Looked for where it is needed and not sooner: a bundle that is
 * no ES module does not know its own, and its callers name every file.
 *
 * @throws GradlensError with the purpose's code
 */
export function addressOf(resolve: () => URL, { name, code }: Purpose): URL {
  try {
    return unbundled(resolve());
  } catch (cause) {
    const message =
      `a bundle that is no ES module does not know where the package's ${name} is: give load the address workerUrl or, ` +
      'from "gradlens/direct", model and wasmUrl';
    throw new GradlensError(code, message, { cause });
  }
}

/** The same of a file of so many bytes. */
export function packagedUrl(resolve: () => URL, bytes: number, purpose: Purpose): URL {
  const url = addressOf(resolve, purpose);
  sizes.set(url, bytes);
  return url;
}

/**
 * The bytes of a file.
 *
 * @throws GradlensError with the purpose's code if the server cannot be reached, answers with an
 * error or with an HTML page, or the file cannot be read; `invalid-argument` if the source is of another kind;
 * `out-of-memory`; `aborted` if the signal ends it.
 * @internal
 */
export async function bytesOf(
  source: Source,
  purpose: Purpose,
  onBytes: OnBytes = () => undefined,
  signal?: Signal,
): Promise<Uint8Array<ArrayBuffer>> {
  if (isArrayBuffer(source) || ArrayBuffer.isView(source)) {
    onBytes(source.byteLength, source.byteLength);
    if (isArrayBuffer(source)) return new Uint8Array(source);
    return new Uint8Array(source.buffer as ArrayBuffer, source.byteOffset, source.byteLength);
  }
  if (isBlob(source)) {
    const fail = (cause: unknown) => failure(purpose, '', 'the file cannot be read', cause, signal);
    return readWhole(source.stream(), source.size, purpose, fail, onBytes, signal);
  }
  if (isResponse(source)) return readResponse(source, null, purpose, onBytes, signal);
  if (typeof source === 'string' || isUrl(source)) {
    const url = resolveUrl(source, purpose);
    const file = url.protocol === 'file:' && (await fileAt(url, purpose, signal));
    if (file) return bytesOf(file, purpose, onBytes, signal);
    const size = sizes.get(Object(source)) ?? null;
    return readResponse(await request(url, purpose, signal), size, purpose, onBytes, signal);
  }
  throw new GradlensError(
    'invalid-argument',
    `the ${purpose.name} is none of: an address, a Response, a File or Blob, an ArrayBuffer, a typed array; nor may it be a proxy of one`,
  );
}

/** For each of several files what it reports to, so that all of them are reported as one. */
export function inAll(files: number, onBytes: OnBytes): OnBytes[] {
  const known = Array.from({ length: files }, () => ({ loaded: 0, total: null as number | null }));
  return known.map((file) => (loaded, total) => {
    Object.assign(file, { loaded, total });
    const sum = known.reduce((sum, file) => sum + file.loaded, 0);
    onBytes(sum, known.reduce<number | null>((all, { total }) => (all === null || total === null ? null : all + total), 0));
  });
}

/** A file of the machine, where the program may read it: Node's `fetch` cannot. */
async function fileAt(url: URL, purpose: Purpose, signal: Signal): Promise<Uint8Array | undefined> {
  const { process } = globalThis as { process?: { getBuiltinModule?(id: 'node:fs/promises'): FileSystem } };
  try {
    // Not imported: bundlers for browsers would look for it.
    return await process?.getBuiltinModule?.('node:fs/promises').readFile(url, signal ? { signal } : {});
  } catch (cause) {
    throw failure(purpose, url.href, 'the file cannot be read', cause, signal);
  }
}

interface FileSystem {
  readFile(url: URL, options: { signal?: AbortSignal }): Promise<Uint8Array>;
}

async function request(url: URL, purpose: Purpose, signal: Signal): Promise<Response> {
  try {
    return await fetch(url, signal ? { signal } : {});
  } catch (cause) {
    const reason =
      url.protocol === 'file:'
        ? 'files cannot be fetched here; serve it over HTTP, or give its bytes'
        : 'the server cannot be reached, or does not share the file with other origins (CORS)';
    throw failure(purpose, url.href, reason, cause, signal);
  }
}

async function readResponse(
  response: Response,
  size: number | null,
  purpose: Purpose,
  onBytes: OnBytes,
  signal: Signal,
): Promise<Uint8Array<ArrayBuffer>> {
  const { url } = response;
  if (!response.ok) throw failure(purpose, url, `the server answered ${response.status}${otherwise(url)}`);
  if (response.headers.get('content-type')?.startsWith('text/html')) {
    const reason = `the server answered with an HTML page, so the file is probably not at this address${otherwise(url)}`;
    throw failure(purpose, url, reason);
  }
  const fail = (cause: unknown) => failure(purpose, url, 'the connection broke off', cause, signal);
  return readWhole(response.body, contentLength(response) ?? size, purpose, fail, onBytes, signal);
}

/** What else may be the matter with a file that is not served. */
function otherwise(url: string): string {
  if (url.includes('/.vite/')) {
    return "; Vite before version 8 moves this package away from its files: configure optimizeDeps: { exclude: ['gradlens'] }";
  }
  const [ending] = /\.(wasm|onnx|data)(?=$|[?#])/.exec(url) ?? [];
  if (!ending) return '';
  const type = ending === '.wasm' ? 'application/wasm' : 'application/octet-stream';
  return `; if it is, the server may not serve files that end in ${ending} until it is told their type, ${type}`;
}

/** The length of the body as it is read; a compressed transfer tells another one. */
function contentLength(response: Response): number | null {
  const length = response.headers.get('content-encoding') ? null : response.headers.get('content-length');
  return length === null ? null : Number(length);
}

/** Reads a body into memory of its size, which large files leave no room to hold twice. */
async function readWhole(
  body: ReadableStream<Uint8Array> | null,
  total: number | null,
  purpose: Purpose,
  fail: (cause: unknown) => GradlensError,
  onBytes: OnBytes,
  signal: Signal,
): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = allocate(total ?? 0, purpose);
  // A percent; of a file of unknown size, a quarter of a megabyte.
  const step = total === null ? 1 << 18 : total / 100;
  let [loaded, reported] = [0, 0];
  try {
    for await (const chunk of chunksOf(body, signal)) {
      const needed = loaded + chunk.length;
      if (needed > bytes.length) bytes = resized(bytes, Math.max(needed, 2 * bytes.length), purpose);
      bytes.set(chunk, loaded);
      loaded = needed;
      if (reported > 0 && loaded < reported + step) continue;
      reported = loaded;
      onBytes(loaded, total);
    }
    if (reported < loaded) onBytes(loaded, total);
    signal?.throwIfAborted();
  } catch (cause) {
    throw cause instanceof GradlensError ? cause : fail(cause);
  }
  return loaded === bytes.length ? bytes : resized(bytes, loaded, purpose);
}

/** The parts of a body until it, or the signal, ends. */
async function* chunksOf(body: ReadableStream<Uint8Array> | null, signal: Signal): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  if (!reader || signal?.aborted) return;
  const stop = () => void reader.cancel().catch(() => undefined);
  signal?.addEventListener('abort', stop);
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** The bytes, as many of them as fit, in memory of another size. */
function resized(bytes: Uint8Array, length: number, purpose: Purpose): Uint8Array<ArrayBuffer> {
  const other = allocate(length, purpose);
  other.set(bytes.subarray(0, length));
  return other;
}

function allocate(length: number, { name }: Purpose): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch (cause) {
    const megabytes = Math.ceil(length / 1e6);
    throw new GradlensError('out-of-memory', `there is no memory for the ${name}, which takes ${megabytes} MB`, { cause });
  }
}

function failure(
  { name, code }: Purpose,
  url: string,
  reason: string,
  cause?: unknown,
  signal?: Signal,
): GradlensError {
  if (signal?.aborted) return aborted('loading', signal);
  return new GradlensError(code, `the ${name} cannot be loaded${url && ` from ${url}`}: ${reason}`, { cause });
}
