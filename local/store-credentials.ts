import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { credentialsSecret } from '../contract/names.ts';
import { clientConfig } from './clean-environment.ts';
import { ENVIRONMENT, TOKEN } from './local-environment.ts';

export interface User {
  readonly username: string;
  readonly password: string;
}

/**
 * What an operator does after the first deployment.
 * @returns the name of the secret
 */
export async function storeCredentials(endpoint: string, { username, password }: User): Promise<string> {
  const secret = credentialsSecret(ENVIRONMENT, TOKEN);
  const client = new SecretsManagerClient(clientConfig(endpoint));
  const SecretString = JSON.stringify({ username, password });
  await client.send(new PutSecretValueCommand({ SecretId: secret, SecretString }));
  client.destroy();
  return secret;
}
