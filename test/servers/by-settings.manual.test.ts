import { describe } from 'vitest';
import { directus, pocketBase } from './large-servers.ts';
import { itGivesTokens, ofAccount } from './ways.ts';

/* Not in CI: it downloads a gigabyte, and needs Go. `MANUAL=1 npm run test:servers -- by-settings.manual` */

describe.each([directus, pocketBase])('$name gives tokens by settings alone', (kind) => {
  itGivesTokens(kind, [ofAccount(kind, 'refresh')]);
});
