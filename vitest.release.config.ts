import { defineConfig } from 'vitest/config';

/** The packed package in projects as people have them. Needs the package registry, the first time. */
export default defineConfig({
  test: {
    include: ['test/**/*.release.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    maxConcurrency: 2,
  },
});
