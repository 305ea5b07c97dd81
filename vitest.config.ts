import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.e2e.test.ts'],
    testTimeout: 20_000,
    // Tests of time-outs wait for them, side by side: more of them at once than the machine has cores.
    maxConcurrency: 30,
    maxWorkers: 4,
    // No test replaces a module, so files may share them: half the time goes into loading CDK and SDK otherwise.
    isolate: false,
  },
});
