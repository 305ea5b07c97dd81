import { describe, expect, it } from 'vitest';
import { apiFaults, CALLS, endFault, injectFault } from '../component/api-faults.ts';
import { awsFaults } from '../component/aws-faults.ts';
import { provedElsewhere } from '../component/faults-document.ts';
import { ASSERTING, SHAPES } from '../component/shapes.ts';
import { openStage, type Stage, type StageOptions } from '../component/stage.ts';
import { type FunctionProcess, startFunctionOf } from './function-output.ts';
import { leaksIn } from './leaks.ts';
import { certificateFaults, otherFaults, PRIVATE_KEY_LINES, WRONG_PASSWORD } from './other-faults.ts';

type Play = (stage: Stage, lambda: FunctionProcess) => Promise<void>;

/**
 * Runs the bundled function in a process of its own, and searches all that left it: output, dead letters and the
 * parameters' descriptions.
 *
 * @returns what the process wrote
 */
async function playAndSearch(play: Play, options: StageOptions = {}): Promise<string> {
  const stage = await openStage(options);
  try {
    const lambda = await startFunctionOf(stage, options);
    await play(stage, lambda).catch(async (error) => {
      await lambda.end();
      throw error;
    });
    const output = await lambda.end();
    expect(leaksIn(output, [...stage.secrets(), WRONG_PASSWORD, ...PRIVATE_KEY_LINES])).toEqual([]);
    expect(leaksIn(stage.emitted(), stage.secrets())).toEqual([]);
    return output;
  } finally {
    await stage.close();
  }
}

const shapes = { ...SHAPES, 'that is shown signed assertions': ASSERTING };
const shapesAndCalls = Object.entries(shapes).flatMap(([name, shape]) =>
  CALLS.map((call) => ({ name, shape, call })),
);

describe.each(shapesAndCalls)('a token API $name, at $call:', ({ shape, call }) => {
  it.concurrent.for(apiFaults)('$name: nothing gets out', async (fault) => {
    const play: Play = async (stage, { handle }) => {
      stage.startWithToken({ refreshToken: call === 'refresh' });
      await injectFault(stage, call, fault);
      await handle();
      await endFault(stage, fault);
      await handle();
    };
    const output = await playAndSearch(play, { shape });
    const code = typeof fault.code === 'object' ? fault.code[call] : fault.code;
    expect(output).toContain(code ?? '"outcome":"refreshed"');
  });
});

it.concurrent.for(awsFaults)('$name: nothing gets out', async ({ faults, at, code }) => {
  const output = await playAndSearch(async (stage, { handle }) => {
    stage.startWithToken({ refreshToken: at === 'refresh' });
    for (const fault of faults) stage.aws.faults.add(fault);
    await handle();
    stage.aws.faults.clear();
    await handle();
  });
  expect(output).toContain(code ?? '"outcome":"refreshed"');
});

it.concurrent.for(Object.entries({ ...otherFaults, ...certificateFaults }))(
  '%s: nothing gets out',
  async ([, { play, stage, shows }]) => {
    expect(await playAndSearch(play, stage)).toContain(shows);
  },
);

it('every fault of docs/faults.md was tried', () => {
  expect(Object.keys(otherFaults)).toEqual(provedElsewhere.map(({ fault }) => fault));
});
