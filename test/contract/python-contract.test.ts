import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  accessTokenParameter,
  ENVIRONMENT_NAME,
  keyAlias,
  TOKEN_NAME,
  TOKEN_NAME_MAX_LENGTH,
} from '../../contract/names.ts';
import type { RefreshRequestBody } from '../../contract/requests.ts';
import { DEFAULT_TIMES, LATEST_SUCCESSOR_SECONDS, LIMITS } from '../../contract/times.ts';
import { expectWritten } from '../written-file.ts';

/** As `re.fullmatch` takes it. */
const pattern = ({ source }: RegExp): string => `r"${source.slice(1, -1)}"`;

function pythonContract(): string {
  const request: RefreshRequestBody = { token: '{token}', requestedBy: 'consumer', rejectedVersion: 0 };
  const [tokenField, requesterField, versionField] = Object.keys(request);
  return `"""
What the refresher and its readers must agree on. Written by \`npm run docs\` from contract/ of the repository, which says what
each means: do not edit.
"""

ENVIRONMENT_NAME = ${pattern(ENVIRONMENT_NAME)}
TOKEN_NAME = ${pattern(TOKEN_NAME)}
TOKEN_NAME_MAX_LENGTH = ${TOKEN_NAME_MAX_LENGTH}

#: With the names of environment and token.
ACCESS_TOKEN_PARAMETER = "${accessTokenParameter('{environment}', '{token}')}"
#: With the name of the environment.
KEY_ALIAS = "${keyAlias('{environment}')}"

#: Fields of a request for a refresh, and who says that a consumer asks.
TOKEN_FIELD = "${tokenField}"
REQUESTED_BY_FIELD = "${requesterField}"
REJECTED_VERSION_FIELD = "${versionField}"
CONSUMER = "${request.requestedBy}"

DEFAULT_INTERVAL_SECONDS = ${DEFAULT_TIMES.intervalSeconds}
DEFAULT_ACCESS_TOKEN_LIFETIME_SECONDS = ${DEFAULT_TIMES.accessTokenLifetimeSeconds}
STORED_WITHIN_SECONDS = ${LIMITS.storedWithinSeconds}
LATEST_SUCCESSOR_SECONDS = ${LATEST_SUCCESSOR_SECONDS}
`;
}

it('the Python client has the names and times of the contract', () => {
  expectWritten('client-python/token_refresher_client/contract.py', pythonContract());
});

/** Numbers that both clients explain to their users. */
const EXPLAINED = [
  LATEST_SUCCESSOR_SECONDS,
  ...[DEFAULT_TIMES.accessTokenLifetimeSeconds, DEFAULT_TIMES.intervalSeconds].map((seconds) =>
    seconds.toLocaleString('en'),
  ),
];

it.each(['client/options.ts', 'client-python/token_refresher_client/client.py'])(
  '%s explains the times of the contract',
  (file) => {
    const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    for (const number of EXPLAINED) expect(text).toMatch(new RegExp(`\\b${number}\\b`));
  },
);
