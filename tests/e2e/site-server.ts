// The built site below a path of its own, as a plain static host serves it: no caching rules, and no
// MIME type for what it does not know. It can be changed, and stopped, as a host can.
import { cp, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { test as base } from '@playwright/test';
import { root } from './package-page.ts';

const PATH = '/some/path/';
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

/** What was asked for, and how many bytes the answer had. */
export interface Asked {
  readonly method: string;
  /** Relative to the site. */
  readonly file: string;
  readonly bytes: number;
}

export class SiteServer {
  readonly asked: Asked[] = [];
  /** What is sent with every answer, if the host can be told to. */
  headers: Record<string, string> = {};
  /** The file that is sent without, as by a host that knows only pages. */
  withoutHeaders: string | null = null;

  private constructor(
    private readonly server: Server,
    /** The folder that is served: a copy, free to change. */
    readonly folder: string,
    readonly url: string,
  ) {}

  static async start(): Promise<SiteServer> {
    const folder = await mkdtemp(join(tmpdir(), 'gradlens-site-'));
    await cp(new URL('build/site/', root), folder, { recursive: true });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const site = new SiteServer(server, folder, `http://127.0.0.1:${port}${PATH}`);
    server.on('request', async ({ method = '', url = '', headers }, response) => {
      const { pathname } = new URL(url, 'http://site');
      const file = decodeURIComponent(pathname.slice(PATH.length)) || 'index.html';
      const { status, body, header } = await site.#answer(pathname.startsWith(PATH) ? file : '..', headers['if-none-match']);
      site.asked.push({ method, file, bytes: body.length });
      response.writeHead(status, { ...header, ...(file !== site.withoutHeaders && site.headers) }).end(body);
    });
    return site;
  }

  file(path: string): string {
    return join(this.folder, path);
  }

  /** The bytes sent of the files whose names match. */
  sent(name: RegExp): number {
    return this.asked.filter(({ file }) => name.test(file)).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Ends the connections and takes no more. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #answer(file: string, known: string | undefined) {
    const path = this.file(file);
    const found = file.includes('..') ? undefined : await stat(path).catch(() => undefined);
    if (!found?.isFile()) return { status: 404, body: Buffer.of(), header: {} };
    const header = { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', etag: `"${found.mtimeMs}-${found.size}"` };
    if (known === header.etag) return { status: 304, body: Buffer.of(), header };
    return { status: 200, body: await readFile(path), header };
  }
}

export const test = base.extend<{ site: SiteServer }>({
  site: async ({}, use) => {
    const site = await SiteServer.start();
    await use(site);
    await site.stop();
    await rm(site.folder, { recursive: true });
  },
});

export { expect } from '@playwright/test';
