// Browsers of their own for each visit, and how a page is asked.
import { chromium } from 'playwright-core';

const { CHROMIUM = '/usr/bin/chromium' } = process.env;

const FLAGS = [
  '--no-sandbox',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-unsafe-swiftshader',
];

/** The longest a phase may take. */
const LIMIT_MS = 300_000;

/** @returns {Promise<import('playwright-core').Browser>} */
export function launch() {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** The browser's name and version. */
export async function describeBrowser() {
  const browser = await launch();
  const version = browser.version();
  await browser.close();
  return `Chromium ${version}`;
}

/**
 * Opens a page with a harness; answers with what asks it for a phase.
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @returns {Promise<(phase: string, ...args: any[]) => Promise<any>>}
 */
export async function open(browser, url) {
  const page = await browser.newPage();
  await page.goto(url, { waitUntil: 'commit' });
  await page.waitForFunction(() => globalThis.bench);
  return (phase, ...args) =>
    Promise.race([late(), page.evaluate(([phase, args]) => bench[phase](...args), [phase, args])]);
}

function late() {
  return new Promise((_, reject) => {
    setTimeout(reject, LIMIT_MS, new Error(`no answer within ${LIMIT_MS / 60_000} minutes`)).unref();
  });
}
