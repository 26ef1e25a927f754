#!/usr/bin/env node
// @ts-check
// Debian's Firefox, as Playwright starts it. Playwright's own needs a patched build; this one it drives by WebDriver BiDi,
// in the latest version, of which Firefox's extended support releases lack a little. This program starts Firefox, stands
// between the two, and fills in what is missing.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { WebSocket, WebSocketServer } from 'ws';

const { FIREFOX = '/usr/bin/firefox-esr' } = process.env;

/** Commands that Firefox 153 does not know: they emulate what no test that runs in it stands on. */
const UNKNOWN = new Set(['emulation.setMediaFeaturesOverride']);

const firefox = spawn(FIREFOX, process.argv.slice(2), { stdio: ['ignore', 'inherit', 'pipe'] });
firefox.on('exit', (code) => process.exit(code ?? 1));
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => firefox.kill(signal));
createInterface(firefox.stderr).on('line', (line) => {
  // Playwright looks for this line, too.
  const address = /^WebDriver BiDi listening on (ws:.+)$/.exec(line)?.[1];
  if (address) listenFor(address);
  else console.error(line);
});

/** @param {string} firefoxAddress */
function listenFor(firefoxAddress) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 }, () => {
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    console.error(`WebDriver BiDi listening on ws://127.0.0.1:${port}`);
  });
  server.on('connection', (playwright, { url }) => {
    const browser = new WebSocket(firefoxAddress + url, { perMessageDeflate: false, maxPayload: 2 ** 28 });
    const opened = new Promise((resolve) => browser.on('open', resolve));
    browser.on('message', (data) => playwright.send(withDownload(String(data))));
    browser.on('close', () => playwright.close());
    browser.on('error', () => playwright.close());
    playwright.on('close', () => browser.close());
    playwright.on('message', async (data) => {
      const { id, method } = JSON.parse(String(data));
      await opened;
      if (UNKNOWN.has(method)) playwright.send(JSON.stringify({ type: 'success', id, result: {} }));
      else browser.send(String(data));
    });
  });
}

/**
 * An event in which a download has the id that Playwright knows it by: Firefox 153 gives one of a blob none.
 * @param {string} event
 */
function withDownload(event) {
  if (!event.includes('"browsingContext.download')) return event;
  const { params, ...rest } = JSON.parse(event);
  return JSON.stringify({ ...rest, params: { download: params.navigation ?? params.url, ...params } });
}
