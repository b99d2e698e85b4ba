import { defineConfig } from 'vitest/config';

/** The deployed system, from outside: `npm run test:e2e`. One deployment for all, so one file after the other. */
export default defineConfig({
  test: {
    include: ['**/tests/e2e/*.e2e.ts'],
    globalSetup: ['tests/support/build-program.ts', 'tests/e2e/setup.ts'],
    fileParallelism: false,
    // where the deployment itself is broken, every test would wait in vain
    bail: 5,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
