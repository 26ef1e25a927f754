// A few tests in Debian's WebKit; its own driver starts it.
import { defineConfig } from '@playwright/test';
import chromium from './playwright.config.ts';

export default defineConfig({
  ...chromium,
  projects: [{ name: 'webkit' }],
  testMatch: 'webkit.spec.ts',
  webServer: undefined,
});
