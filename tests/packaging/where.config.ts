import config from './playwright.config.ts';

// What asks the registry, and takes long: `npm run where`, not a part of `cargo xtask test`.
export default { ...config, testMatch: '*.where.ts', workers: 1, timeout: 600_000 };
