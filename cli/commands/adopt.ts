import { parseObject } from '../../contract/json-object.ts';
import { secretPath, TOKEN_NAME } from '../../contract/names.ts';
import { type ListedSecret, listSecrets, readSecret } from '../aws/secret.ts';
import { EXIT } from '../failure.ts';
import { printable } from '../screen.ts';
import type { Session } from '../session.ts';

/** Names of fields that hold something to log in with. */
const CREDENTIAL = /pass|pwd|secret|token|key|cert|assertion/i;

interface Candidate extends ListedSecret {
  /** Names only: values are not kept. */
  readonly fields: readonly string[];
}

/** Lists existing secrets that look like credentials, with the lines for `environments.ts`. Changes nothing. */
export async function adopt({ aws, screen, options, command }: Session): Promise<number> {
  const candidates: Candidate[] = [];
  let unreadable = 0;
  const ours = secretPath('').replace(/\/+$/, '/');
  const secrets = (await listSecrets(aws)).filter(({ name }) => !name.startsWith(ours));
  for (const secret of secrets) {
    screen.progress(`looking at ${secret.name}`);
    const value = await readSecret(aws, secret.arn).catch(() => {
      unreadable++;
      return undefined;
    });
    const fields = Object.keys(parseObject(value ?? '') ?? {}).map(printable);
    if (fields.some((field) => CREDENTIAL.test(field))) candidates.push({ ...secret, fields });
  }
  if (options.json) screen.json(candidates);
  else {
    for (const candidate of candidates) tell(screen.line.bind(screen), candidate);
    if (candidates.length === 0) screen.line('No secret here looks like credentials of a token API.');
    else {
      screen.line(
        'Put an entry into environments.ts, with the API as docs/token-apis.md says, and check it:',
      );
      screen.command(`${command} check <environment>`);
    }
  }
  if (unreadable > 0) screen.note(`${unreadable} of ${secrets.length} secrets could not be read.`);
  return candidates.length > 0 ? EXIT.ok : EXIT.notOk;
}

function tell(line: (text: string) => void, { name, arn, keyArn, fields }: Candidate): void {
  const usual = fields.includes('username') && fields.includes('password');
  line(`// ${name} holds ${fields.join(', ')}${usual ? '' : ": name them by secret('…') in api"}`);
  line('{');
  line(`  name: '${tokenNameFrom(name)}',`);
  line(`  ${usual ? "baseUrl: 'https://…'," : 'api: login({ … }),'}`);
  line(`  credentialsSecretArn: '${arn}',`);
  if (keyArn !== undefined) line(`  credentialsKeyArn: '${keyArn}',`);
  line('},');
}

/** Of the longest kind that a token's name may be. */
function tokenNameFrom(secret: string): string {
  const name = secret
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 30)
    .replaceAll(/^[^a-z]+|-+$/g, '');
  return TOKEN_NAME.test(name) ? name : 'token';
}
