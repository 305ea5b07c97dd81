import { Duration } from 'aws-cdk-lib';
import { DAY, HOUR, MINUTE, SECOND } from '../../../contract/times.ts';
import { type CertificateFields, SIGNING_ALGORITHMS, type Signing } from '../../../contract/token-api.ts';
import { object, optional, type Parser, withDefault } from '../parser.ts';
import { REFUSED, type SettingPath } from '../setting-error.ts';
import { show } from '../show.ts';
import { duration, oneOf } from '../values.ts';
import { field, named, template } from './read-value.ts';

export interface LifetimeRule {
  readonly usual: Duration;
  readonly most: number;
  readonly rule: string;
}

export const ASSERTION: LifetimeRule = {
  usual: Duration.minutes(5),
  most: 5 * MINUTE,
  rule: 'must be a whole number of seconds, at most 5 minutes',
};
export const SIGNED_TOKEN: LifetimeRule = {
  usual: Duration.hours(1),
  most: DAY,
  rule: `must be a whole number of seconds, at most ${DAY / HOUR} hours`,
};

const ADDED_CLAIMS = ['iat', 'exp', 'jti'];

export const signing =
  ({ usual, most, rule }: LifetimeRule): Parser<Signing> =>
  (written, path) => {
    const read = object({
      algorithm: oneOf(SIGNING_ALGORITHMS),
      key: field,
      passphrase: optional(field),
      keyId: optional(named('')),
      certificate: optional(field),
      issuer: optional(named('')),
      subject: optional(named('')),
      audience: optional((audience: unknown, at: SettingPath) => template(audience, at, '')),
      claims: optional((claims: unknown, at: SettingPath) => template(claims, at, '')),
      lifetime: withDefault(duration({ step: SECOND, most, rule }), usual),
    })(written, path);
    if (read === REFUSED) return REFUSED;
    const { issuer, subject, audience, claims, lifetime, ...rest } = read;
    const registered = { iss: issuer, sub: subject, aud: audience };
    const given = Object.fromEntries(Object.entries(registered).filter(([, claim]) => claim !== undefined));
    const set = [...ADDED_CLAIMS, ...Object.keys(given)];
    const repeated = Object.keys((claims as Signing['claims'] | undefined) ?? {}).find((name) =>
      set.includes(name),
    );
    if (repeated !== undefined)
      return path.to('claims').refuse(`must not hold ${show(repeated)}, which is set already`, 'it');
    return {
      ...(rest as Omit<Signing, 'claims' | 'lifetimeSeconds'>),
      claims: { ...(claims as Signing['claims']), ...(given as Signing['claims']) },
      lifetimeSeconds: lifetime.toSeconds(),
    };
  };

export const certificates: Parser<CertificateFields> = (written, path) => {
  const read = object<Omit<CertificateFields, 'isOptional'>>({
    ca: optional(field) as never,
    cert: optional(field) as never,
    key: optional(field) as never,
  })(written, path);
  if (read === REFUSED) return REFUSED;
  if ((read.cert === undefined) !== (read.key === undefined))
    return path.refuse('must have cert and key together', 'one of them');
  return { ...read, isOptional: false };
};
