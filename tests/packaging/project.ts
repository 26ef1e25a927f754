// Projects of users, each with the packed package installed, and servers for what they build.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { test as base } from '@playwright/test';
import sirv from 'sirv';
import { installed, work } from './npm.ts';

/** Small projects, one a bundler, and what they have in common. */
export const projects = join(import.meta.dirname, 'projects');
export const common = join(projects, 'common');

export interface Fixtures {
  /** A copy of these folders' files with the package installed; the answer is where it is. */
  project: (...folders: string[]) => Promise<string>;
  /** Serves a folder as it is; the answer is its address. */
  serve: (folder: string, headers?: Record<string, string>) => Promise<string>;
}

export const test = base.extend<Fixtures>({
  project: async ({}, use) => {
    const made: string[] = [];
    await use(async (...folders) => {
      const folder = await mkdtemp(join(work, `${basename(folders[0]!)}-`));
      made.push(folder);
      for (const source of folders) await cp(source, folder, { recursive: true, filter });
      // What npm installed is copied; all else that a project names is found in the folders above it.
      await cp(join(installed, 'node_modules'), join(folder, 'node_modules'), { recursive: true });
      return folder;
    });
    for (const folder of made) await rm(folder, { recursive: true });
  },

  serve: async ({}, use) => {
    const servers: Server[] = [];
    await use(async (folder, headers = {}) => {
      const answer = sirv(folder, {
        dev: true,
        setHeaders: (response) => Object.entries(headers).forEach((header) => response.setHeader(...header)),
      });
      const server = createServer((request, response) => answer(request, response, () => void response.writeHead(404).end()));
      servers.push(server);
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    });
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  },
});

/** Changes a file of a project. */
export async function edit(file: string, from: string, to: string): Promise<void> {
  await writeFile(file, (await readFile(file, 'utf8')).replace(from, to));
}

/** What belongs to a project itself. */
function filter(file: string): boolean {
  return !['node_modules', 'dist'].includes(basename(file));
}

export { expect } from '@playwright/test';
