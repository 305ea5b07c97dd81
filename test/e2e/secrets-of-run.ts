import { setTimeout as sleep } from 'node:timers/promises';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { accessTokenParameter, credentialsSecret, sessionParameter } from '../../contract/names.ts';
import type { Session } from '../../lambda/refresh/session.ts';
import { clientConfig } from '../../local/clean-environment.ts';
import { ENVIRONMENT, TOKEN } from '../../local/local-environment.ts';

const POLL_MS = 500;
const ACCESS_TOKEN = accessTokenParameter(ENVIRONMENT, TOKEN);
const SESSION = sessionParameter(ENVIRONMENT, TOKEN);

/** Password, access tokens and refresh tokens that a local run keeps at an emulator until it ends. */
export async function secretsOfRun(endpoint: string, ended: Promise<unknown>): Promise<readonly string[]> {
  const ssm = new SSMClient(clientConfig(endpoint));
  const secretsManager = new SecretsManagerClient(clientConfig(endpoint));
  const found = new Set<string>();
  const look = async () => {
    const secret = new GetSecretValueCommand({ SecretId: credentialsSecret(ENVIRONMENT, TOKEN) });
    // There is none before the deployment and after the removal, and nothing in it at first.
    const { SecretString } = await secretsManager.send(secret).catch(() => ({ SecretString: undefined }));
    if (SecretString) found.add(JSON.parse(SecretString).password);
    const names = new GetParametersCommand({ Names: [ACCESS_TOKEN, SESSION], WithDecryption: true });
    const { Parameters = [] } = await ssm.send(names);
    for (const { Name, Value = '' } of Parameters) {
      const secret = Name === SESSION ? (JSON.parse(Value) as Session).granted?.refreshToken : Value;
      if (secret !== undefined) found.add(secret);
    }
  };
  let running = true;
  void ended.then(() => {
    running = false;
  });
  while (running) {
    await look();
    await sleep(POLL_MS);
  }
  return [...found];
}
