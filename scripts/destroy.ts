/**
 * Destroys an environment, after printing what a production environment leaves: `cdk destroy` itself names no ARN.
 *
 *     npm run destroy -- <environment> [options of cdk destroy]
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import {
  DescribeSecretCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { environments } from '../environments.ts';
import { stackName } from '../lib/contract.ts';
import type { EnvironmentSettings } from '../lib/settings.ts';
import { type DescribeSecret, whatStays } from './what-stays.ts';

const ROOT = join(import.meta.dirname, '..');
const CDK = join(ROOT, 'node_modules/aws-cdk/bin/cdk');

const [name, ...options] = process.argv.slice(2);
const environment = environments.find((candidate) => candidate.name === name);
if (environment === undefined) {
  const names = environments.map((candidate) => candidate.name).join('|');
  console.error(`npm run destroy -- ${names} [options of cdk destroy]`);
  process.exitCode = 1;
} else {
  process.exitCode = await destroy(environment);
}

async function destroy(environment: EnvironmentSettings): Promise<number> {
  const stack = stackName(environment.name);
  const lines = await whatStays(environment, describeIn(environment)).catch((error: Error) => error);
  if (lines instanceof Error) {
    console.error(`Nothing was destroyed: what would stay cannot be seen. ${lines.name}: ${lines.message}`);
    return 1;
  }
  if (lines.length > 0) {
    console.log(`${stack} leaves credentials and their key. To deploy it again, put into environments.ts:\n`);
    console.log(`${lines.join('\n')}\n`);
  }
  const { status } = spawnSync(process.execPath, [CDK, 'destroy', stack, ...options], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  return status ?? 1;
}

/** Where `cdk destroy` looks: the environment's Region, or that of the shell. */
function describeIn({
  region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION,
}: EnvironmentSettings) {
  const client = new SecretsManagerClient({ ...(region !== undefined && { region }) });
  const describe: DescribeSecret = async (name) => {
    try {
      const { ARN = '', KmsKeyId } = await client.send(new DescribeSecretCommand({ SecretId: name }));
      return { arn: ARN, kmsKeyId: KmsKeyId };
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  };
  return describe;
}
