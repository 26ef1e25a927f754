// A few tests in Debian's WebKit; its own driver starts it.
import { defineConfig } from '@playwright/test';
import chromium from './playwright.config.ts';

export default defineConfig({ ...chromium, testMatch: 'webkit.spec.ts', testIgnore: [], webServer: undefined });
