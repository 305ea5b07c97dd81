import { Duration } from 'aws-cdk-lib';
import type { TokenApi } from '../../settings/token-api/props.ts';
import { publicKeyFingerprint, secret, text } from '../../settings/token-api/values.ts';
import { selfSigned } from '../self-signed.ts';

export interface SnowflakeProps {
  /** Account identifier, without a region behind a locator. */
  readonly account: string;
  readonly user: string;
  /** The field `passphrase` opens the key. Default: the key is not encrypted. */
  readonly isKeyEncrypted?: boolean;
}

/**
 * Snowflake, key pair: the access token is a JWT that is signed here, and lives for one hour. `private_key` is the key whose public half
 * the user has.
 *
 * @see https://docs.snowflake.com/en/developer-guide/sql-api/authenticating read on 2026-12-01
 */
export function snowflake({ account, user, isKeyEncrypted = false }: SnowflakeProps): TokenApi {
  const qualified = `${account.replaceAll('.', '-')}.${user}`.toUpperCase();
  return selfSigned({
    signing: {
      algorithm: 'RS256',
      issuer: text`${qualified}.${publicKeyFingerprint}`,
      subject: qualified,
      lifetime: Duration.hours(1),
      ...(isKeyEncrypted && { passphrase: secret('passphrase') }),
    },
  });
}
