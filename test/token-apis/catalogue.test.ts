import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fieldsOfSecret, type TokenApiSettings } from '../../contract/token-api.ts';
import { RefreshError } from '../../lambda/refresh/refresh-error.ts';
import { judgeAnswer } from '../../lambda/token-api/answer.ts';
import { httpRequest } from '../../lambda/token-api/request.ts';
import { parseEnvironments } from '../../lib/settings/parse.ts';
import type { ParsedToken } from '../../lib/settings/token.ts';
import type { TokenApi } from '../../lib/settings/token-api/props.ts';
import { expectWritten } from '../written-file.ts';
import { ANSWERED_AT, examples, lifetimeOf } from './examples.ts';

const FOLDER = join(import.meta.dirname, '../../lib/token-apis/catalogue');
const DOCUMENT = 'docs/token-apis.md';

function tokenOf(api: TokenApi): ParsedToken {
  const [environment] = parseEnvironments([{ name: 'sandbox', tokens: [{ name: 'any', api }] }]);
  const token = environment?.tokens[0];
  if (token === undefined) throw new Error('there is no token');
  return token;
}

function judge(
  api: TokenApiSettings,
  lifetimeSeconds: number,
  call: 'login' | 'refresh',
  status: number,
  body: unknown,
) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = { status, headers: { date: new Date(ANSWERED_AT).toUTCString() }, body: text };
  try {
    return judgeAnswer({ api, call, answer, now: ANSWERED_AT, lifetimeSeconds });
  } catch (error) {
    if (error instanceof RefreshError) return error.code;
    throw error;
  }
}

describe.each(Object.entries(examples))('%s', (_, { api, grants = [], failures = [] }) => {
  const settings = tokenOf(api).api;

  it('shows fields of the secret in requests that can be sent', () => {
    const shown: string[] = [];
    for (const request of [settings.login, settings.refresh]) {
      if (typeof request !== 'object') continue;
      const {
        url,
        body = '',
        headers,
      } = httpRequest(request, (reference) => {
        const value = 'secret' in reference ? `${reference.secret}-value` : reference.value;
        shown.push('secret' in reference ? reference.secret : '');
        return value;
      });
      expect(url).toMatch(/^https:\/\//);
      expect(JSON.stringify([url, body, headers])).not.toContain('[object Object]');
    }
    expect(fieldsOfSecret(settings)).toEqual(expect.arrayContaining(shown.filter((field) => field !== '')));
  });

  it.each(grants)('grants with $status', ({ call = 'login', status, body, grant }) => {
    expect(judge(settings, lifetimeOf(api), call, status, body)).toEqual(grant);
  });

  it.each(failures)('does not with $status: $code', ({ call = 'login', status, body, code }) => {
    expect(judge(settings, lifetimeOf(api), call, status, body)).toBe(code);
  });

  it('has a grant and a refusal among its examples, if anybody is called', () => {
    if (settings.login === 'signed') return;
    expect(grants.length).toBeGreaterThan(0);
    expect(failures.length).toBeGreaterThan(0);
  });
});

/** What the comment of a preset says. */
function commentOf(name: string): { says: string; page: string | undefined } {
  const index = readFileSync(join(FOLDER, 'index.ts'), 'utf8');
  const [, file] = new RegExp(`\\b${name} \\} from '\\./(.*)';`).exec(index) ?? [];
  const source = readFileSync(join(FOLDER, file ?? ''), 'utf8');
  const [, comment = ''] =
    new RegExp(`/\\*\\*\\n((?: \\*.*\\n)+?) \\*/\\nexport (?:const|function) ${name}\\b`).exec(source) ?? [];
  const lines = comment.split('\n').map((line) => line.replace(/^ \* ?/, ''));
  const says = lines
    .filter((line) => !line.startsWith('@'))
    .join(' ')
    .trim();
  const [page] = lines.filter((line) => line.startsWith('@see'));
  return { says, page: page?.replace(/^@see (\S+) (.*)$/, '[$2]($1)') };
}

const minutes = (seconds: number): string =>
  seconds % 86_400 === 0
    ? `${seconds / 86_400} d`
    : seconds % 3600 === 0
      ? `${seconds / 3600} h`
      : `${seconds / 60} min`;

it('the document lists them, with what to put in the secret', () => {
  const rows = Object.entries(examples).map(([name, { api, ranOn }]) => {
    const { says, page = '' } = commentOf(name);
    const token = tokenOf(api);
    const fields = fieldsOfSecret(token.api)
      .map((field) => `\`${field}\``)
      .join(', ');
    expect(says).not.toBe('');
    expect(ranOn ?? page).not.toBe('');
    const times = `${minutes(token.interval.toSeconds())}, ${minutes(token.accessTokenLifetime.toSeconds())}`;
    return `| \`${name}\` | ${says} | ${fields} | ${times} | ${[page, ranOn ? `run: ${ranOn}` : 'not run'].filter(Boolean).join('; ')} |`;
  });
  const table = [
    '| name | API | fields of the secret | interval, lifetime unless stated | source |',
    '|---|---|---|---|---|',
    ...rows,
  ];
  const [before, , after] = readFileSync(join(import.meta.dirname, '../..', DOCUMENT), 'utf8').split(
    /(?<=<!-- catalogue -->)|(?=<!-- end -->)/,
  );
  expectWritten(DOCUMENT, `${before}\n\n${table.join('\n')}\n\n${after}`);
});
