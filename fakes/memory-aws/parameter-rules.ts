/** What Parameter Store demands of a write. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html */
import type { ParameterTier, PutParameterRequest } from '@aws-sdk/client-ssm';
import { AwsError, required } from './aws-error.ts';

const VALUE_BYTES = { Standard: 4096, Advanced: 8192 } as const;
const DESCRIPTION_MAX_CHARACTERS = 1024;
const NAME_MAX_CHARACTERS = 1011;

/** Intelligent-Tiering is a way to choose one of these, never what a parameter has. */
export type StoredTier = keyof typeof VALUE_BYTES;

/**
 * Tier that a write leaves a parameter in.
 * @param current tier of the version before
 * @throws AwsError `ValidationException` if the value does not fit it, or the write asks for a way back from Advanced
 */
export function tierAfter(write: PutParameterRequest, current: StoredTier | undefined): StoredTier {
  const bytes = Buffer.byteLength(required(write.Value, 'value'));
  const tier = choose(write.Tier, { bytes, current });
  if (tier === 'Standard' && current === 'Advanced') {
    throw new AwsError(
      'ValidationException',
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter.",
    );
  }
  if (bytes > VALUE_BYTES[tier]) {
    throw new AwsError(
      'ValidationException',
      `${tier} tier parameters support a maximum parameter value of ${VALUE_BYTES[tier]} characters.`,
    );
  }
  return tier;
}

function choose(
  asked: ParameterTier | undefined,
  { bytes, current }: { bytes: number; current: StoredTier | undefined },
): StoredTier {
  if (asked === 'Standard' || asked === 'Advanced') return asked;
  if (current === 'Advanced') return 'Advanced';
  return asked === 'Intelligent-Tiering' && bytes > VALUE_BYTES.Standard ? 'Advanced' : 'Standard';
}

/** @throws AwsError `ValidationException` for a bad name, an empty value or a long description */
export function checkWrite({ Name, Value, Description = '' }: PutParameterRequest): void {
  const name = required(Name, 'name');
  if (!/^[\w.\-/]+$/.test(name) || name.length > NAME_MAX_CHARACTERS || /^\/?(aws|ssm)/i.test(name)) {
    throw new AwsError('ValidationException', `Parameter name: ${name} is not allowed.`);
  }
  if (required(Value, 'value') === '') throw tooShort('value');
  if (Description.length > DESCRIPTION_MAX_CHARACTERS) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'description' failed to satisfy constraint: Member must have length less than or equal to ${DESCRIPTION_MAX_CHARACTERS}`,
    );
  }
}

const tooShort = (member: string): AwsError =>
  new AwsError(
    'ValidationException',
    `1 validation error detected: Value '' at '${member}' failed to satisfy constraint: Member must have length greater than or equal to 1`,
  );
