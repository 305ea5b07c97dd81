import { Token } from 'aws-cdk-lib';
import type { Parser } from './parser.ts';
import { kindOf, show } from './show.ts';

/** Where a stack goes, as far as it is known at synth. */
export interface Place {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

const known = (value?: string) => (Token.isUnresolved(value) ? undefined : value);

/** Without what is still a token of the CDK. */
export const knownPlace = ({ account, region }: Place): Place => ({
  account: known(account),
  region: known(region),
});

const ARNS = {
  secret: {
    pattern: /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):(\d{12}):secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/,
    example: 'secretsmanager:eu-central-1:111122223333:secret:name-AbCdEf',
  },
  key: {
    pattern: /^arn:aws[a-z-]*:kms:([a-z0-9-]+):(\d{12}):key\/[A-Za-z0-9-]+$/,
    example: 'kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  },
  topic: {
    pattern: /^arn:aws[a-z-]*:sns:([a-z0-9-]+):(\d{12}):[\w-]{1,256}$/,
    example: 'sns:eu-central-1:111122223333:alarms',
  },
};

/**
 * A literal ARN in the environment's account and Region. It is part of the function's asset and of its permissions.
 */
export const arn =
  (kind: keyof typeof ARNS, { account, region }: Place): Parser<string> =>
  (value, path) => {
    const { pattern, example } = ARNS[kind];
    const match = typeof value === 'string' ? pattern.exec(value) : null;
    if (match === null)
      return path.refuse(
        `must be a whole ARN, such as "arn:aws:${example}"`,
        // Anything else may be the secret itself.
        String(value).startsWith('arn:') ? show(value) : kindOf(value),
      );
    const [whole, ofRegion, ofAccount] = match;
    if (region !== undefined && region !== ofRegion) {
      return path.refuse(`must be in the environment's Region, ${region}`, show(value));
    }
    if (account !== undefined && account !== ofAccount) {
      return path.refuse(`must be in the environment's account, ${account}`, show(value));
    }
    return whole;
  };
