// What the browser holds in memory.
import { readFile } from 'node:fs/promises';
import type { Browser } from '@playwright/test';

/** Those that a page lives in. The browser starts others when it likes, whatever the page does. */
const PROCESSES = ['renderer', 'GPU'];

/** The resident memory of all renderer and GPU processes, in megabytes. Linux. */
export async function residentMegabytes(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const kilobytes = await Promise.all(
    processInfo.filter(({ type }) => PROCESSES.includes(type)).map(({ id }) => resident(id)),
  );
  return kilobytes.reduce((sum, each) => sum + each, 0) / 1024;
}

async function resident(id: number): Promise<number> {
  // A process may end between the list and the look at it.
  const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
}
