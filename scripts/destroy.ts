/**
 * Destroys an environment, after printing what a production environment leaves: `cdk destroy` itself names no ARN.
 *
 *     npm run destroy -- <environment> [options of cdk destroy]
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { DescribeKeyCommand, KMSClient, NotFoundException } from '@aws-sdk/client-kms';
import {
  DescribeSecretCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { stackName } from '../contract/names.ts';
import { environments } from '../environments.ts';
import type { EnvironmentSettings } from '../lib/settings/settings.ts';
import { type DescribeSecret, type FindKey, whatStays } from './what-stays.ts';

const ROOT = join(import.meta.dirname, '..');
const CDK = join(ROOT, 'node_modules/aws-cdk/bin/cdk');

const names = environments.map((candidate) => candidate.name).join('|');
const USAGE = `npm run destroy -- ${names} [options of cdk destroy]`;

const [name, ...options] = process.argv.slice(2);
const environment = environments.find((candidate) => candidate.name === name);
if (process.argv.includes('--help')) {
  console.log(USAGE);
} else if (environment === undefined) {
  process.exitCode = refuse(USAGE);
} else if (options.some((option) => /^--profile(=|$)/.test(option))) {
  process.exitCode = refuse(
    'Set AWS_PROFILE instead of --profile: it holds for the look at what stays as well.',
  );
} else {
  process.exitCode = await destroy(environment);
}

function refuse(reason: string): number {
  console.error(reason);
  return 1;
}

async function destroy(environment: EnvironmentSettings): Promise<number> {
  const stack = stackName(environment.name);
  const secrets = new SecretsManagerClient(placeOf(environment));
  const findKey = findKeyBy(new KMSClient(placeOf(environment)));
  const stays = await whatStays(environment, describeBy(secrets), findKey).catch((error: Error) => error);
  if (stays instanceof Error) {
    return refuse(`Nothing was destroyed: what would stay cannot be seen. ${stays.name}: ${stays.message}`);
  }
  if (stays.missing.length > 0) {
    return refuse(
      `Nothing was destroyed: in ${await secrets.config.region()}, in the account of these AWS credentials, there is nothing named\n` +
        `${stays.missing.map((missing) => `  ${missing}`).join('\n')}\n` +
        `Is it the right account and Region? Take tokens that were never deployed out of environments.ts; or destroy without\n` +
        `seeing what stays: npx cdk destroy ${stack}`,
    );
  }
  if (stays.lines.length > 0) {
    console.log(
      `${stack} leaves what these lines name. To deploy it again, put them into environments.ts:\n`,
    );
    console.log(`${stays.lines.join('\n')}\n`);
  }
  const { status } = spawnSync(process.execPath, [CDK, 'destroy', stack, ...options], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  return status ?? 1;
}

/** Asks where `cdk destroy` looks: in the environment's Region, or that of the shell. */
function placeOf({
  region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION,
}: EnvironmentSettings): { region?: string } {
  return region === undefined ? {} : { region };
}

function describeBy(client: SecretsManagerClient): DescribeSecret {
  return async (name) => {
    try {
      const { ARN = '', KmsKeyId } = await client.send(new DescribeSecretCommand({ SecretId: name }));
      return { arn: ARN, kmsKeyId: KmsKeyId };
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  };
}

function findKeyBy(client: KMSClient): FindKey {
  return async (alias) => {
    try {
      return (await client.send(new DescribeKeyCommand({ KeyId: alias }))).KeyMetadata?.Arn;
    } catch (error) {
      if (error instanceof NotFoundException) return undefined;
      throw error;
    }
  };
}
