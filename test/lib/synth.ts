import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type AppProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { stackName } from '../../contract/names.ts';
import type { NamedTokenProps } from '../../lib/settings/settings.ts';
import { TokenRefresherStack, type TokenRefresherStackProps } from '../../lib/token-refresher-stack.ts';

const { context } = JSON.parse(readFileSync(join(import.meta.dirname, '../../cdk.json'), 'utf8'));

/** Uses an app as the CDK CLI runs it: the function is bundled, and CDK's own rules check the templates. */
export const inRealApp = <T>(use: (app: App) => T): T => inApp({}, use);

/** The same without bundling and without those rules, which take a second or two. */
export const inQuickApp = <T>(use: (app: App) => T): T =>
  inApp({ context: { 'aws:cdk:bundling-stacks': [] }, builtinCloudFormationValidation: false }, use);

/** The cloud assembly is gone afterwards. */
function inApp<T>(props: AppProps, use: (app: App) => T): T {
  const outdir = mkdtempSync(join(tmpdir(), 'token-refresher-test-'));
  try {
    return use(new App({ ...props, context: { ...context, ...props.context }, outdir }));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** A place in a VPC. */
export const NETWORK = {
  subnetIds: ['subnet-0123456789abcdef0'],
  securityGroupIds: ['sg-0123456789abcdef0'],
};

export const payments = {
  name: 'payments-api',
  baseUrl: 'https://payments.example.com/v1',
} satisfies NamedTokenProps;

/** That many tokens with names of the longest kind. */
export const manyTokens = (count: number): NamedTokenProps[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `t${String(index).padStart(2, '0')}-${'a'.repeat(26)}`,
    baseUrl: `https://t${index}.example.com`,
  }));

/** A stack of the sandbox with one token, but for what is given. */
export function stackOf(props: Partial<TokenRefresherStackProps>, app: App): TokenRefresherStack {
  const email = props.alarmTopicArn === undefined && { alarmEmail: 'team@example.com' };
  const settings = { name: 'sandbox', tokens: [payments], ...email, ...props };
  return new TokenRefresherStack(app, stackName(settings.name), settings);
}

export const templateOf = (props: Partial<TokenRefresherStackProps> = {}): Template =>
  inQuickApp((app) => Template.fromStack(stackOf(props, app)));

export type Resource = {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
};

/**
 * The resources of a type, as they would be deployed to account 123456789012: see {@link deployed}.
 *
 * @param idPrefix how their logical ids begin. Default: anyhow.
 */
export function resourcesOf(template: Template, type: string, idPrefix = ''): Resource[] {
  return Object.entries(template.findResources(type))
    .filter(([id]) => id.startsWith(idPrefix))
    .map(([, resource]) => deployed(template, resource)) as Resource[];
}

/** The one resource of a type. */
export function resourceOf(template: Template, type: string, idPrefix = ''): Resource {
  const found = resourcesOf(template, type, idPrefix);
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`${found.length} resources of type ${type}`);
  return found[0];
}

const PLACE: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'ap-southeast-2',
  'AWS::AccountId': '123456789012',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** The two names by which KMS may know a service are the same in that place. */
export function viaService(service: 'ssm' | 'secretsmanager'): string[] {
  const name = `${service}.ap-southeast-2.amazonaws.com`;
  return [name, name];
}

/**
 * Puts what AWS would in the place of Ref, Fn::GetAtt and Fn::Join. A resource without a name of its own becomes
 * `<its logical id>`, so that a test can tell it from others; an ARN has its real length.
 */
export function deployed(template: Template, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => deployed(template, item));
  if (typeof value !== 'object' || value === null) return value;
  const [[key, argument] = ['', undefined], ...others] = Object.entries(value);
  if (others.length === 0 && key === 'Ref')
    return PLACE[String(argument)] ?? identify(template, String(argument), 'Ref');
  if (others.length === 0 && key === 'Fn::GetAtt' && Array.isArray(argument)) {
    return identify(template, String(argument[0]), String(argument[1]));
  }
  if (others.length === 0 && key === 'Fn::Join' && Array.isArray(argument)) {
    return (deployed(template, argument[1]) as string[]).join(String(argument[0]));
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, deployed(template, item)]));
}

/** CloudFormation names log groups after stack and logical id. */
const LOG_GROUP_NAME_CHARACTERS = 60;

function identify(template: Template, logicalId: string, attribute: string): string {
  const resource: Resource | undefined = template.toJSON().Resources[logicalId];
  const arn = (service: string, rest: unknown) => `arn:aws:${service}:ap-southeast-2:123456789012:${rest}`;
  switch (resource?.Type) {
    case 'AWS::SQS::Queue':
      return arn('sqs', resource.Properties.QueueName);
    case 'AWS::SecretsManager::Secret':
      return arn('secretsmanager', `secret:${resource.Properties.Name}-AbCdEf`);
    case 'AWS::KMS::Key':
      return arn('kms', 'key/1234abcd-12ab-34cd-56ef-1234567890ab');
    case 'AWS::CloudWatch::Alarm':
      return arn('cloudwatch', `alarm:${resource.Properties.AlarmName}`);
    case 'AWS::SNS::Topic':
      return arn('sns', 'the-stacks-topic');
    case 'AWS::Scheduler::ScheduleGroup':
      return String(resource.Properties.Name);
    case 'AWS::Logs::LogGroup': {
      const name = logicalId.padEnd(LOG_GROUP_NAME_CHARACTERS, '-');
      return attribute === 'Ref' ? name : arn('logs', `log-group:${name}:*`);
    }
    default:
      return `<${logicalId}>`;
  }
}
