import { type ErrorCode, GradlensError, aborted } from './errors.js';

/**
 * The absolute address of a model file, as the page means it.
 *
 * @throws GradlensError `model-unavailable`
 */
export function resolveUrl(url: string | URL): URL {
  try {
    return new URL(url, globalThis.document?.baseURI ?? globalThis.location?.href);
  } catch (cause) {
    throw new GradlensError('model-unavailable', `"${String(url)}" is not an address to load a model from`, { cause });
  }
}

/** Called with the bytes so far and in all. */
export type OnBytes = (loaded: number, total: number | null) => void;

/** What a file is for, in messages and codes. */
export interface Purpose {
  name: string;
  code: ErrorCode;
}

/**
 * Fetches a file whole.
 *
 * @throws GradlensError with the purpose's code if the server cannot be reached, answers with an
 * error or with an HTML page, and `aborted` if the signal ends it.
 */
export async function fetchBytes(
  url: URL,
  purpose: Purpose,
  onBytes: OnBytes,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await request(url, purpose, signal);
  const total = contentLength(response);
  const chunks: Uint8Array[] = [];
  let loaded = 0;
  try {
    for await (const chunk of read(response)) {
      chunks.push(chunk);
      loaded += chunk.length;
      onBytes(loaded, total);
    }
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
  let response: Response;
  try {
    response = await fetch(url, signal ? { signal } : {});
  } catch (cause) {
    throw failure(purpose, url, 'the server cannot be reached', cause, signal);
  }
  if (!response.ok) throw failure(purpose, url, `the server answered ${response.status}`);
  if (response.headers.get('content-type')?.startsWith('text/html')) {
    throw failure(purpose, url, 'the server answered with an HTML page, so the file is probably not at this address');
  }
  return response;
}

/** The length of the body as it is read; a compressed transfer tells another one. */
function contentLength(response: Response): number | null {
  const length = response.headers.get('content-encoding') ? null : response.headers.get('content-length');
  return length === null ? null : Number(length);
}

async function* read(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return;
  for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
}

function failure(
  { name, code }: Purpose,
  url: URL,
  reason: string,
  cause?: unknown,
  signal?: AbortSignal,
): GradlensError {
  if (signal?.aborted) return aborted('loading', { cause });
  return new GradlensError(code, `the ${name} cannot be loaded from ${url.href}: ${reason}`, { cause });
}
