import type { PutParameterRequest, PutParameterResult } from '@aws-sdk/client-ssm';
import { awsErrorName } from '../contract/aws-error-name.ts';
import type { ParameterStore as ParameterStoreModel } from '../fakes/memory-aws/parameter-store.ts';
import type { SecretStore } from '../fakes/memory-aws/secret-store.ts';
import type { CredentialsStore } from '../lambda/aws/credentials.ts';
import type { ParameterStore } from '../lambda/aws/parameters.ts';
import { RefreshError } from '../lambda/refresh/refresh-error.ts';
import type { StoredParameter } from '../lambda/refresh/state.ts';
import type { Faults } from './faults.ts';
import type { VirtualTime } from './virtual-time.ts';

const LATENCY_MS = { least: 8, most: 40 };

export interface ServiceProps {
  readonly time: VirtualTime;
  readonly faults: Faults;
  readonly random: () => number;
}

export const answerTime = ({ random }: ServiceProps): number =>
  LATENCY_MS.least + random() * (LATENCY_MS.most - LATENCY_MS.least);

export interface ParameterServiceProps extends ServiceProps {
  readonly store: ParameterStoreModel;
  readonly onWritten: (name: string, value: string) => void;
}

/** Parameter Store behind the refresher's own interface. A call that fails first uses up its time, as the SDK does. */
export function parameterService(props: ParameterServiceProps): ParameterStore {
  const { store, time, faults, random, onWritten } = props;
  const put = (input: PutParameterRequest): PutParameterResult => {
    try {
      return store.putParameter({
        ...input,
        Type: 'SecureString',
        Tier: 'Intelligent-Tiering',
        Overwrite: true,
      });
    } catch (error) {
      throw new RefreshError('ParametersNotWritten', { detail: awsErrorName(error) });
    }
  };
  return {
    async read(names, timeoutMs) {
      if (faults.hit('parameters-unreadable')) {
        await time.sleep(timeoutMs);
        throw new RefreshError('ParametersUnreadable', { detail: 'ThrottlingException' });
      }
      await time.sleep(answerTime(props));
      const stale = faults.hit('parameters-stale');
      store.staleReads = stale && { withinMs: stale.milliseconds, chance: () => random() < 0.5 };
      const { Parameters = [] } = store.getParameters({ Names: [...names], WithDecryption: true });
      return new Map(
        Parameters.map(
          ({ Name = '', Value = '', Version = 0, LastModifiedDate }): [string, StoredParameter] => [
            Name,
            { value: Value, version: Version, writtenAt: LastModifiedDate?.getTime() ?? 0 },
          ],
        ),
      );
    },

    async write({ name, value, description }, timeoutMs) {
      const fault = faults.hit('parameters-unwritable');
      const fails = fault !== undefined && (fault.which === 'both' || name.endsWith(`/${fault.which}`));
      const isStored = !fails || fault.committed;
      const end = time.now() + timeoutMs;
      await time.sleep(Math.min(timeoutMs, answerTime(props)));
      const { Version = 0 } = isStored ? put({ Name: name, Value: value, Description: description }) : {};
      if (isStored) onWritten(name, value);
      if (!fails) return Version;
      await time.sleep(end - time.now());
      throw new RefreshError('ParametersNotWritten', { detail: 'ThrottlingException' });
    },
  };
}

/** Secrets Manager behind the refresher's own interface. */
export function credentialsService(props: ServiceProps & { readonly store: SecretStore }): CredentialsStore {
  const { store, time, faults } = props;
  const reach = async (timeoutMs: number): Promise<void> => {
    const fails = faults.hit('credentials-unreadable');
    await time.sleep(fails ? timeoutMs : answerTime(props));
    if (fails) throw new RefreshError('CredentialsUnreadable', { detail: 'ThrottlingException' });
  };
  return {
    async currentVersion(SecretId, timeoutMs) {
      await reach(timeoutMs);
      const { VersionIdsToStages = {} } = store.describeSecret({ SecretId });
      return Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes('AWSCURRENT'))?.[0];
    },
    async read(SecretId, VersionId, timeoutMs) {
      await reach(timeoutMs);
      return store.getSecretValue({ SecretId, VersionId }).SecretString;
    },
  };
}
