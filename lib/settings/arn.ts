import { Token } from 'aws-cdk-lib';
import type { Parser } from './parser.ts';
import { show } from './show.ts';

/** Where a stack goes, as far as it is known at synth. */
export interface Place {
  readonly account?: string;
  readonly region?: string;
}

const isKnown = (value: string | undefined): value is string =>
  value !== undefined && !Token.isUnresolved(value);

/** What of a stack's place, or a stage's, is more than a token of the CDK. */
export const knownPlace = ({
  account,
  region,
}: {
  account?: string | undefined;
  region?: string | undefined;
}): Place => ({
  ...(isKnown(account) && { account }),
  ...(isKnown(region) && { region }),
});

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
 * The whole ARN, written out, in the environment's account and Region: it ships inside the function's asset and decides
 * what the function may read.
 */
export const arn =
  (kind: keyof typeof RESOURCES, { account, region }: Place): Parser<string> =>
  (value, path) => {
    const { pattern, example } = RESOURCES[kind];
    const match = typeof value === 'string' ? pattern.exec(value) : null;
    if (match === null) return path.refuse(`must be a whole ARN, such as "${example}"`, show(value));
    const [whole, ofRegion, ofAccount] = match;
    if (region !== undefined && region !== ofRegion) {
      return path.refuse(`must be in the environment's Region, ${region}`, show(value));
    }
    if (account !== undefined && account !== ofAccount) {
      return path.refuse(`must be in the environment's account, ${account}`, show(value));
    }
    return whole;
  };
