import { LOCAL_ACCOUNT, LOCAL_REGION } from '../local-account.ts';
import { AwsError } from './aws-error.ts';
import { type Xml, xml } from './query-protocol.ts';

export interface StackOutput {
  readonly description: string;
  readonly value: string;
}

/** CloudFormation's stacks, as far as their outputs go. */
export class Stacks {
  readonly #outputs = new Map<string, readonly StackOutput[]>();

  put(name: string, outputs: readonly StackOutput[]): void {
    this.#outputs.set(name, outputs);
  }

  describeStacks({ StackName: name = '' }: Readonly<Record<string, string>>): Xml {
    const outputs = this.#outputs.get(name);
    if (outputs === undefined) {
      throw new AwsError('ValidationError', `Stack with id ${name} does not exist`);
    }
    const members = outputs.map(({ description, value }, index) => ({
      OutputKey: `Output${index}`,
      OutputValue: value,
      Description: description,
    }));
    return xml('DescribeStacks', {
      Stacks: [
        {
          StackId: `arn:aws:cloudformation:${LOCAL_REGION}:${LOCAL_ACCOUNT}:stack/${name}/1`,
          StackName: name,
          StackStatus: 'CREATE_COMPLETE',
          CreationTime: '2026-01-01T00:00:00Z',
          Outputs: members,
        },
      ],
    });
  }
}
