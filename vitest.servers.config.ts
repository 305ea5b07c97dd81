import { defineConfig } from 'vitest/config';

/** Against token servers that nobody here wrote, installed from npm and PyPI the first time. */
export default defineConfig({
  test: {
    include: ['test/servers/**/*.test.ts'],
    exclude: process.env.MANUAL === '1' ? [] : ['**/*.manual.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 400_000,
    fileParallelism: false,
    disableConsoleIntercept: true,
    reporters: ['verbose'],
  },
});
