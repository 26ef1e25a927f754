// The specs that a second engine can make fail, in Debian's Firefox.
import { fileURLToPath } from 'node:url';
import { defineConfig } from '@playwright/test';
import chromium from './playwright.config.ts';

export default defineConfig({
  ...chromium,
  projects: [{ name: 'firefox' }],
  testMatch: ['page', 'numbers', 'offline', 'evaluate', 'downloads', 'keyboard', 'large-photo', 'pictures', 'fingerprinting'].map((name) => `${name}.spec.ts`),
  grepInvert: [
    // What needs Chromium's own protocol, a software GPU or a thing that WebDriver BiDi has not.
    /@chromium/,
    // The maps are Chromium's, as the numbers show.
    /the map of .* is hottest/,
  ],
  use: {
    ...chromium.use,
    browserName: 'firefox',
    channel: 'moz-firefox',
    launchOptions: {
      executablePath: fileURLToPath(new URL('firefox.mjs', import.meta.url)),
      firefoxUserPrefs: {
        // Else every page is 12 pixels narrower than the viewport.
        'ui.useOverlayScrollbars': 1,
      },
    },
  },
});
