import { configDefaults, defineConfig } from 'vitest/config';
import type { Reporter } from 'vitest/node';

/** Tests against real clocks and sockets: they wait more than they compute, and want the machine to themselves. */
const REAL_TIME = [
  'test/component/**/*.test.ts',
  'test/client/**/*.test.ts',
  'test/security/hostile-sender.test.ts',
];

const shared = {
  // No test replaces a module, so files may share them: half the time goes into loading CDK and SDK otherwise.
  isolate: false,
  // For what hangs: on a busy machine a bundle alone has taken a minute.
  testTimeout: 180_000,
};
const exclude = [
  ...configDefaults.exclude,
  'test/**/*.e2e.test.ts',
  'test/**/*.release.test.ts',
  'test/**/*.slow.test.ts',
  'test/servers/**/*.test.ts',
];

const whatToDo: Reporter = {
  onTestRunEnd(_modules, _errors, reason) {
    if (reason !== 'failed') return;
    console.log('One file again, alone: npx vitest run <file>');
    console.log('What fails under "real time" may do so because the machine is busy: run it alone first.\n');
  },
};

export default defineConfig({
  test: {
    // Failures and a summary; what a test that passed wrote is left out.
    reporters: ['minimal', whatToDo],
    projects: [
      {
        test: {
          ...shared,
          name: 'real time',
          include: REAL_TIME,
          exclude,
          maxConcurrency: 20,
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'computed',
          include: ['test/**/*.test.ts'],
          exclude: [...exclude, ...REAL_TIME],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
