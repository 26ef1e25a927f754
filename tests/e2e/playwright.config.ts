import { defineConfig } from '@playwright/test';

// `cargo xtask test` names the browser and itself, the server of the built site.
const { CHROMIUM = '/usr/bin/chromium', GRADLENS_XTASK = 'cargo xtask', GRADLENS_PORT: port = '8127' } = process.env;

export default defineConfig({
  testMatch: '*.spec.ts',
  testIgnore: ['webkit.spec.ts', 'fingerprinting.spec.ts'],
  forbidOnly: !!process.env.CI,
  // The network's arithmetic takes all cores there are.
  workers: 1,
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
