/**
 * What the refresher relies on in AWS, as one suite. It runs against everything that stands in for AWS, so that a
 * stand-in cannot drift from what the others, and the documentation, say.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AwsConnection, ContractCases } from './connection.ts';
import { parameterCases } from './parameter-cases.ts';
import { queueCases } from './queue-cases.ts';
import { secretCases } from './secret-cases.ts';

export interface AwsContractProps {
  readonly name: string;
  readonly connect: () => Promise<AwsConnection>;
  /**
   * Cases that are known to fail here, by title, each with the reason. One that no longer fails is reported, so that
   * the list stays true. Default: none.
   */
  readonly knownDifferences?: Readonly<Record<string, string>>;
}

export function awsContract({ name, connect, knownDifferences = {} }: AwsContractProps): void {
  const cases: ContractCases = { ...parameterCases, ...secretCases, ...queueCases };
  describe(name, () => {
    let aws: AwsConnection;
    beforeAll(async () => {
      aws = await connect();
    });
    afterAll(() => aws?.cleanup());

    for (const [title, check] of Object.entries(cases)) {
      const reason = knownDifferences[title];
      if (reason === undefined) it(title, () => check(aws));
      else it.fails(`${title} (known difference: ${reason})`, () => check(aws));
    }

    it('lists only differences in cases that exist', () => {
      expect(Object.keys(cases)).toEqual(expect.arrayContaining(Object.keys(knownDifferences)));
    });
  });
}
