import { GetParametersCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { awsErrorName } from '../../contract/aws-error-name.ts';
import { RefreshError } from '../refresh/refresh-error.ts';
import type { StoredParameter } from '../refresh/state.ts';
import { within } from './sdk.ts';

export interface ParameterWrite {
  readonly name: string;
  readonly value: string;
  /** Can be read without permission to decrypt, so it holds no secret. */
  readonly description: string;
}

/** Parameter Store, where access tokens and sessions are stored. */
export interface ParameterStore {
  /** Returns the named parameters that exist, by name. Throws RefreshError `ParametersUnreadable`. */
  read(names: readonly string[], timeoutMs: number): Promise<ReadonlyMap<string, StoredParameter>>;
  /** Writes one parameter and returns its new version. Throws RefreshError `ParametersNotWritten`. */
  write(parameter: ParameterWrite, timeoutMs: number): Promise<number>;
}

/** @param keyArn key that encrypts the parameters; undefined: the AWS managed key `aws/ssm`. */
export function ssmStore(client: SSMClient, keyArn: string | undefined): ParameterStore {
  return {
    async read(names, timeoutMs) {
      try {
        const command = new GetParametersCommand({ Names: [...names], WithDecryption: true });
        const { Parameters = [] } = await client.send(command, within(timeoutMs));
        return new Map(
          Parameters.map(({ Name = '', Value = '', Version = 0, LastModifiedDate }) => [
            Name,
            { value: Value, version: Version, writtenAt: LastModifiedDate?.getTime() ?? 0 },
          ]),
        );
      } catch (error) {
        throw new RefreshError('ParametersUnreadable', { detail: awsErrorName(error) });
      }
    },
    async write({ name, value, description }, timeoutMs) {
      try {
        const command = new PutParameterCommand({
          Name: name,
          Value: value,
          Description: description,
          // Type, key and tier are part of every write: without Type some emulators turn a SecureString into a String, and
          // a key or tier changed by hand is set right again.
          Type: 'SecureString',
          KeyId: keyArn,
          Tier: 'Intelligent-Tiering',
          Overwrite: true,
        });
        const { Version = 0 } = await client.send(command, within(timeoutMs));
        return Version;
      } catch (error) {
        throw new RefreshError('ParametersNotWritten', { detail: awsErrorName(error) });
      }
    },
  };
}
