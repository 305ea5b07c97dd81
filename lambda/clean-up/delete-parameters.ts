import { DeleteParametersCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { awsErrorName } from '../../contract/aws-error-name.ts';

/** As many names as one call takes. */
const NAMES_PER_CALL = 10;

/** Parameters that may still be there. */
export class NotDeleted extends Error {
  override readonly name = 'NotDeleted';
  readonly parameters: readonly string[];

  /** @param reason a few words; never an AWS error's message. */
  constructor(reason: string, parameters: readonly string[]) {
    super(reason);
    this.parameters = parameters;
  }
}

/**
 * Deletes parameters. One that does not exist counts as deleted.
 *
 * @throws NotDeleted with those that are left.
 */
export type DeleteParameters = (names: readonly string[], signal: AbortSignal) => Promise<void>;

/** In Parameter Store. */
export function ssmParameterDeletion(client: SSMClient): DeleteParameters {
  return async (names, signal) => {
    for (let start = 0; start < names.length; start += NAMES_PER_CALL) {
      const Names = names.slice(start, start + NAMES_PER_CALL);
      await client.send(new DeleteParametersCommand({ Names }), { abortSignal: signal }).catch((error) => {
        throw new NotDeleted(awsErrorName(error), names.slice(start));
      });
    }
  };
}
