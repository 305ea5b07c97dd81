import { defineConfig } from 'vitest/config';

/** Slow, and in need of Python and a package index: the local run and the contract against MiniStack. */
export default defineConfig({
  test: {
    include: ['test/**/*.e2e.test.ts'],
    globalSetup: 'test/e2e/ministack.ts',
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
});
