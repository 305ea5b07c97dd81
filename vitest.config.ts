import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.e2e.test.ts'],
    testTimeout: 20_000,
    // Tests of time-outs wait for them, side by side.
    maxConcurrency: 30,
  },
});
