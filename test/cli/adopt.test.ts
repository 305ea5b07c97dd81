import { expect, it } from 'vitest';
import { USER_AGENT } from '../../cli/aws/aws.ts';
import { SECRET } from '../component/stage.ts';
import { leaksIn } from '../security/leaks.ts';
import { openDeployedStage, runCli } from './cli-stage.ts';

const VALUE = 'Adopt-me-4711';

async function openWithSecrets() {
  const stage = await openDeployedStage();
  const { secrets } = stage.aws;
  for (const [Name, value] of Object.entries({
    'crm/Login': { username: 'u', password: VALUE },
    'shop-client': { client_id: 'c', client_secret: VALUE },
    weather: { city: 'Bern' },
  })) {
    secrets.createSecret({ Name, SecretString: JSON.stringify(value) });
  }
  secrets.createSecret({ Name: 'text', SecretString: VALUE });
  secrets.createSecret({ Name: 'empty' });
  return stage.aws;
}

it('lists what looks like credentials, as entries of environments.ts, and shows no value', async () => {
  const aws = await openWithSecrets();
  const ran = await runCli(aws, 'adopt');
  expect(ran.out.replaceAll(/secret:([\w/-]+)-\w{6}'/g, "secret:$1-…'")).toBe(
    [
      '// crm/Login holds username, password',
      '{',
      "  name: 'crm-login',",
      "  baseUrl: 'https://…',",
      "  credentialsSecretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:crm/Login-…',",
      '},',
      "// shop-client holds client_id, client_secret: name them by secret('…') in api",
      '{',
      "  name: 'shop-client',",
      '  api: login({ … }),',
      "  credentialsSecretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:shop-client-…',",
      '},',
      'Put an entry into environments.ts, with the API as docs/token-apis.md says, and check it:',
      '  npm run tokens -- check <environment>',
      '',
    ].join('\n'),
  );
  expect(ran).toMatchObject({ exitCode: 0, err: '1 of 5 secrets could not be read.\n' });
  expect(leaksIn(ran.out, [VALUE])).toEqual([]);
  expect(ran.out).not.toContain(SECRET);
});

it('prints JSON with names of fields only', async () => {
  const { out } = await runCli(await openWithSecrets(), 'adopt --json');
  expect(JSON.parse(out)).toEqual([
    { name: 'crm/Login', arn: expect.any(String), fields: ['username', 'password'] },
    { name: 'shop-client', arn: expect.any(String), fields: ['client_id', 'client_secret'] },
  ]);
});

it('changes nothing', async () => {
  const aws = await openWithSecrets();
  aws.requests.length = 0;
  await runCli(aws, 'adopt');
  const ours = aws.requests.filter(({ userAgent }) => userAgent.includes(USER_AGENT));
  expect(new Set(ours.map(({ operation }) => operation))).toEqual(new Set(['ListSecrets', 'GetSecretValue']));
});
