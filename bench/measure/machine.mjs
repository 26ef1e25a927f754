// What the machine and the browser's processes have to say.
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The most memory that the renderer and GPU processes have held so far, in bytes; null where there is
 * no /proc.
 * @param {import('playwright-core').Browser} browser
 */
export async function peakMemory(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  let bytes = null;
  for (const { id, type } of processInfo) {
    if (!['renderer', 'GPU'].includes(type)) continue;
    // A process may end between the list and the look at it.
    const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
    const kilobytes = /VmHWM:\s+(\d+)/.exec(status)?.[1];
    if (kilobytes) bytes = (bytes ?? 0) + Number(kilobytes) * 1024;
  }
  return bytes;
}

const BUSY_CORES = 0.4;
const PATIENCE_MS = 30_000;

/** Waits until other programs use little, but not for ever; answers with the cores that they use. */
export async function quiet() {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const before = busyTime();
    await sleep(1500);
    const cores = (busyTime() - before) / 1500;
    if (cores < BUSY_CORES || Date.now() > deadline) return cores;
  }
}

/** Milliseconds that all cores have worked since the machine started. */
function busyTime() {
  return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);
}

export function describeMachine() {
  const all = cpus();
  return `${all[0].model}, ${all.length} cores`;
}
