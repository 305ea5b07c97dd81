import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PASSWORD, TOKEN, USERNAME } from '../component/stage.ts';
import { leaksIn, markedSecret } from '../security/leaks.ts';
import { expectWritten } from '../written-file.ts';
import { openDeployedStage } from './cli-stage.ts';
import { type Dialogue, readable, runAtTerminal } from './terminal.ts';

const DOCUMENT = 'docs/commands.md';
/** Begins what the test writes. */
const MARK = '```console\n';

it('a walk at a terminal is what the document shows', async () => {
  const stage = await openDeployedStage();
  const wrong = markedSecret();
  const walked: string[] = [];
  const walk = async (line: string, dialogue: Dialogue = []) => {
    const { screen } = await runAtTerminal(stage.aws, line, dialogue);
    walked.push(`$ npm run tokens -- ${line}\n${timeless(readable(screen))}`);
  };
  const typed = (password: string): Dialogue => [
    ['username (not shown): ', `${USERNAME}\r`],
    ['password (not shown): ', `${password}\r`],
  ];

  await walk(`credentials sandbox ${TOKEN}`, typed(PASSWORD));
  await walk('status sandbox');
  await walk(`credentials sandbox ${TOKEN}`, [...typed(wrong), ['[Y/n]', '\r']]);
  stage.makeOlder();
  stage.newContainer();
  await walk(`refresh sandbox ${TOKEN}`);
  await walk(`why sandbox ${TOKEN} --last 1`);

  const text = walked.join('\n');
  expect(leaksIn(text, [...stage.secrets(), wrong])).toEqual([]);
  const [before = ''] = readFileSync(new URL(`../../${DOCUMENT}`, import.meta.url), 'utf8').split(MARK);
  expectWritten(DOCUMENT, `${before}${MARK}${text.trimEnd()}\n\`\`\`\n`);
});

/** The same on every day and at every pace, and at AWS. */
const timeless = (screen: string): string =>
  screen
    .replace(/^Endpoint .*\n/, '')
    .replaceAll('000000000000', '111122223333')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '2026-12-01T12:00:00Z')
    .replaceAll(/\b\d+ s (ago|old)/g, '2 s $1')
    .replaceAll(/\b(29|30) min/g, '29 min');
