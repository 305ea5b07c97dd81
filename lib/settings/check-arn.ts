import { SettingError, type SettingPath, show } from './setting-error.ts';

/** Where a stack goes, as far as it is known at synth. */
export interface Place {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

const RESOURCES = {
  secret: {
    pattern: /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):(\d{12}):secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/,
    example: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:name-AbCdEf',
  },
  key: {
    pattern: /^arn:aws[a-z-]*:kms:([a-z0-9-]+):(\d{12}):key\/[A-Za-z0-9-]+$/,
    example: 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  },
  topic: {
    pattern: /^arn:aws[a-z-]*:sns:([a-z0-9-]+):(\d{12}):[\w-]{1,256}$/,
    example: 'arn:aws:sns:eu-central-1:111122223333:alarms',
  },
} as const;

/**
 * The whole ARN, written out: it ships inside the function's asset and decides what the function may read.
 *
 * @throws SettingError also if it names another account or Region than the environment's.
 */
export function checkArn(
  path: SettingPath,
  value: unknown,
  { kind, place }: { kind: keyof typeof RESOURCES; place: Place },
): void {
  const { pattern, example } = RESOURCES[kind];
  const match = typeof value === 'string' ? pattern.exec(value) : null;
  if (match === null) throw new SettingError(path, `must be a whole ARN, such as "${example}"`, show(value));
  const [, region, account] = match;
  if (place.region !== undefined && place.region !== region) {
    throw new SettingError(path, `must be in the environment's Region, ${place.region}`, show(value));
  }
  if (place.account !== undefined && place.account !== account) {
    throw new SettingError(path, `must be in the environment's account, ${place.account}`, show(value));
  }
}

/** @param arn checked. */
export const secretNameOf = (arn: string): string =>
  arn.replace(/^.*:secret:/, '').replace(/-[A-Za-z0-9]{6}$/, '');
