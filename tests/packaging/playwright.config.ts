import { defineConfig } from '@playwright/test';

// `cargo xtask test` names the browser.
const { CHROMIUM = '/usr/bin/chromium' } = process.env;

export default defineConfig({
  testMatch: '*.spec.ts',
  forbidOnly: !!process.env.CI,
  globalSetup: './pack.ts',
  // One builds while the other explains.
  fullyParallel: true,
  workers: 2,
  timeout: 120_000,
  reporter: 'list',
  use: {
    launchOptions: {
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
});
