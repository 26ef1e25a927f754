import { type ErrorCode, GradlensError, aborted } from './errors.js';

/** Where a file comes from: its address, an answer to a request for it, or its bytes. */
export type Source = string | URL | Response | ArrayBuffer | Uint8Array;

/** Called with the bytes so far and in all. */
export type OnBytes = (loaded: number, total: number | null) => void;

/** What a file is for, in messages and codes. */
export interface Purpose {
  readonly name: string;
  readonly code: ErrorCode;
}

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
 * The bytes of a file.
 *
 * @throws GradlensError with the purpose's code if the server cannot be reached, answers with an
 * error or with an HTML page; `invalid-argument` if the source is of another kind; `aborted` if the
 * signal ends it.
 */
export async function bytesOf(
  source: Source,
  purpose: Purpose,
  onBytes: OnBytes = () => undefined,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof Uint8Array) return source as Uint8Array<ArrayBuffer>;
  if (source instanceof Response) return readWhole(source, purpose, onBytes, signal);
  if (typeof source === 'string' || source instanceof URL) {
    const url = resolveUrl(source, purpose);
    return readWhole(await request(url, purpose, signal), purpose, onBytes, signal);
  }
  throw new GradlensError(
    'invalid-argument',
    `the ${purpose.name} is none of: an address, a Response, an ArrayBuffer, a Uint8Array`,
  );
}

async function readWhole(
  response: Response,
  purpose: Purpose,
  onBytes: OnBytes,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const { url } = response;
  if (!response.ok) throw failure(purpose, url, `the server answered ${response.status}`);
  if (response.headers.get('content-type')?.startsWith('text/html')) {
    throw failure(purpose, url, 'the server answered with an HTML page, so the file is probably not at this address');
  }
  const total = contentLength(response);
  const chunks: Uint8Array[] = [];
  let loaded = 0;
  try {
    for await (const chunk of chunksOf(response, signal)) {
      chunks.push(chunk);
      loaded += chunk.length;
      onBytes(loaded, total);
    }
    signal?.throwIfAborted();
  } catch (cause) {
    throw failure(purpose, url, 'the connection broke off', cause, signal);
  }
  const bytes = new Uint8Array(loaded);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

async function request(url: URL, purpose: Purpose, signal: AbortSignal | undefined): Promise<Response> {
  try {
    return await fetch(url, signal ? { signal } : {});
  } catch (cause) {
    throw failure(purpose, url.href, 'the server cannot be reached', cause, signal);
  }
}

/** The length of the body as it is read; a compressed transfer tells another one. */
function contentLength(response: Response): number | null {
  const length = response.headers.get('content-encoding') ? null : response.headers.get('content-length');
  return length === null ? null : Number(length);
}

/** The parts of a body until it, or the signal, ends. */
async function* chunksOf(response: Response, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader || signal?.aborted) return;
  const stop = () => void reader.cancel().catch(() => undefined);
  signal?.addEventListener('abort', stop);
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function failure(
  { name, code }: Purpose,
  url: string,
  reason: string,
  cause?: unknown,
  signal?: AbortSignal,
): GradlensError {
  if (signal?.aborted) return aborted('loading', { cause });
  return new GradlensError(code, `the ${name} cannot be loaded${url && ` from ${url}`}: ${reason}`, { cause });
}
