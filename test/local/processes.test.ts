import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { type Command, CommandFailed, createProcesses } from '../../local/processes.ts';

const sh = (script: string): Command => ({
  file: 'sh',
  args: ['-c', script],
  env: { PATH: process.env.PATH ?? '' },
  cwd: tmpdir(),
});

/** What has ended stays listed as a zombie until process 1 takes notice, which not every container's hurries to do. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

describe('processes', () => {
  // Each adds a listener to the process.
  const shared = createProcesses(new AbortController().signal);

  it('answers what a command wrote', async () => {
    expect(await shared.run(sh('echo out; echo err >&2'), 10)).toMatch(/out\n|err\n/);
  });

  it.each([
    ['ended with 3', 'echo why; exit 3', 10],
    ['took longer than 0.2 s', 'echo why; sleep 60', 0.2],
  ])('fails with the output when a command %s', async (message, script, timeoutSeconds) => {
    const failure = await shared.run(sh(script), timeoutSeconds).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CommandFailed);
    expect(failure).toMatchObject({ message, output: 'why\n' });
  });

  it('fails when there is no such program', async () => {
    const missing = { ...sh(''), file: 'no-such-program' };
    await expect(shared.run(missing, 10)).rejects.toThrow(CommandFailed);
  });

  it('ends what a process has started, too', async () => {
    const processes = createProcesses(new AbortController().signal);
    const parent = processes.start(sh('sleep 60 & echo $!; wait'));
    await expect.poll(() => parent.output()).toMatch(/^\d+\n$/);
    const grandchild = Number(parent.output());
    expect(isAlive(grandchild)).toBe(true);
    await processes.end();
    expect(isAlive(grandchild)).toBe(false);
  });

  it('ends what outlives the process that started it', async () => {
    const output = await shared.run(sh('sleep 60 & echo $!'), 10);
    await expect.poll(() => isAlive(Number(output))).toBe(false);
  });

  it('gives up a command and starts nothing more once aborted', async () => {
    const abort = new AbortController();
    const processes = createProcesses(abort.signal);
    const running = processes.run(sh('sleep 60'), 60);
    abort.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    expect(() => processes.start(sh('true'))).toThrow('enough');
  });
});
