/**
 * Asks the npm registry for known holes in what ships and in what builds it. Fails on a hole of severity high or
 * worse, and also, in other words, when the registry gave no answer: silence is not safety.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { SECOND } from '../contract/times.ts';
import { auditVerdict } from './audit-verdict.ts';

const ANSWER_SECONDS = 60;

const { stdout, stderr } = spawnSync('npm', ['audit', '--json', '--audit-level=high'], {
  cwd: join(import.meta.dirname, '..'),
  encoding: 'utf8',
  timeout: ANSWER_SECONDS * SECOND,
  maxBuffer: 2 ** 26,
});
const { message, exitCode } = auditVerdict(stdout ?? '', stderr ?? '');
console.log(message);
process.exitCode = exitCode;
