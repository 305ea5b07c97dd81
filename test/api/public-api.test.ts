import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as client from '../../client/index.ts';
import * as library from '../../lib/index.ts';
import { expectWritten } from '../written-file.ts';
import { publicApi } from './public-api.ts';

const ROOT = join(import.meta.dirname, '../..');

let emitted: string;
beforeAll(() => {
  emitted = mkdtempSync(join(tmpdir(), 'token-refresher-api-'));
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '--project', 'tsconfig.build.json', '--outDir', emitted], {
    cwd: ROOT,
  });
});
afterAll(() => rmSync(emitted, { recursive: true }));

it.for([
  { name: 'token-refresher', module: 'lib', values: library },
  { name: 'token-refresher/client', module: 'client', values: client },
])('the API of $name is the one that was acknowledged', ({ name, module, values }) => {
  const { exported, named } = publicApi(join(emitted, module, 'index'));
  for (const value of Object.keys(values)) {
    expect(exported).toContainEqual(expect.stringMatching(new RegExp(`^(class|const|function) ${value}\\b`)));
  }
  expectWritten(
    `api/${module}.md`,
    `# API of \`${name}\`

Written by \`npm run docs\`. A change here is a change for users: say it in [CHANGELOG.md](../CHANGELOG.md), and a program that
no longer compiles needs a new major version (before 1.0: minor).

\`\`\`ts
${exported.join('\n')}
\`\`\`

What these name, and what cannot be imported:

\`\`\`ts
${named.join('\n')}
\`\`\`
`,
  );
});
