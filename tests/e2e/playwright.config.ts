import { defineConfig } from '@playwright/test';

// `cargo xtask test` names the browser and itself, the server of the built site.
const { CHROMIUM = '/usr/bin/chromium', GRADLENS_XTASK = 'cargo xtask', GRADLENS_PORT: port = '8127' } = process.env;

/** What measures time or memory, or has two engines compute at once. */
const ALONE = ['bench', 'large-network', 'lifetime', 'lost-gpu', 'objects-cost', 'outputs', 'soak', 'take-over', 'wrong-gpu'].map((name) => `${name}.spec.ts`);

export default defineConfig({
  projects: [
    { name: 'together', testMatch: '*.spec.ts', testIgnore: [...ALONE, 'webkit.spec.ts', 'fingerprinting.spec.ts'] },
    { name: 'alone', testMatch: ALONE, workers: 1, dependencies: ['together'] },
  ],
  workers: 2,
  forbidOnly: !!process.env.CI,
  timeout: 120_000,
  reporter: 'list',
  use: {
    baseURL: `http://127.0.0.1:${port}/`,
    // It would answer in place of the routes that tests set up; the tests of it allow it.
    serviceWorkers: 'block',
    launchOptions: {
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox',
        '--enable-unsafe-webgpu',
        '--use-webgpu-adapter=swiftshader',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        '--disable-quic',
      ],
    },
  },
  webServer: {
    command: `${GRADLENS_XTASK} serve --port ${port}`,
    cwd: '../..',
    url: `http://127.0.0.1:${port}/`,
    reuseExistingServer: !process.env.CI,
  },
});
