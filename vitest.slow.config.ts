import { defineConfig } from 'vitest/config';

/** Simulated months: the alarms' scenarios, and outages at their worst moments; and the search for leaks in every fault. */
export default defineConfig({
  test: {
    include: ['test/**/*.slow.test.ts'],
    testTimeout: 120_000,
    isolate: false,
    maxWorkers: 2,
    maxConcurrency: 10,
  },
});
