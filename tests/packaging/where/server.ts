// Servers that tests start as their users do, each on a port of its own.
import { spawn } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import { expect } from '../project.ts';

export interface Server {
  readonly address: string;
  end(): void;
}

/** Starts a program that serves, once it does. */
export async function started(folder: string, program: string, args: (port: number) => string[]): Promise<Server> {
  const port = await freePort();
  const env = { ...process.env, CI: 'true' };
  // A group of its own, since its children may have children.
  const child = spawn(program, args(port), { cwd: folder, env, detached: true, stdio: 'inherit' });
  const server = { address: `http://127.0.0.1:${port}/`, end: () => void process.kill(-child.pid!, 'SIGKILL') };
  await expect.poll(() => fetch(server.address).then(() => true, () => false), { timeout: 120_000 }).toBe(true);
  return server;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening));
  const { port } = probe.address() as AddressInfo;
  await new Promise((closed) => probe.close(closed));
  return port;
}
