import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import type { NetworkSettings } from '../../lib/settings/settings.ts';
import { Token } from '../../lib/token.ts';
import { inQuickApp, NETWORK, payments, type Resource, resourcesOf, stackOf } from '../lib/synth.ts';
import { expectWritten } from '../written-file.ts';
import { permissionsTable } from './permissions-document.ts';
import { CODE_OF_A_FUNCTION, ROWS, type Row } from './permissions-table.ts';

const TOKENS = ['payments-api', 'shipping-api'];
const READ_TOKEN = 'payments-api';
const DOCUMENT = 'docs/security.md';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}
interface Document {
  readonly Statement: readonly Statement[];
}

/** Logical ids of what carries the permissions of each principal begin like this. */
const CARRIERS: Readonly<Record<Row['principal'], string>> = {
  refresher: 'RefresherFunctionRole',
  network: 'RefresherFunctionRole',
  schedules: 'RefresherSchedulesRole',
  cleanUp: 'CleanUp',
  operator: 'RefresherOperators',
  reader: 'RefresherpaymentsapiReader',
  requester: 'Requester',
};

const all = (value: string | readonly string[]): readonly string[] => [value].flat();

/** One line for each action on each resource, and for each encryption context. */
function lines({ Effect, Action, Resource, Condition = {} }: Statement): string[] {
  const contexts = Object.values(Condition).flatMap((keys) =>
    Object.entries(keys)
      .filter(([key]) => key.startsWith('kms:EncryptionContext:'))
      .flatMap(([key, arns]) => all(arns).map((context) => `${key.split(':')[2]}=${context}`)),
  );
  const others = Object.values(Condition).flatMap((keys) =>
    Object.entries(keys)
      .filter(([key]) => !key.startsWith('kms:EncryptionContext:'))
      .map(([key, value]) => `${key}=${[...new Set(all(value))]}`),
  );
  return all(Action).flatMap((action) =>
    all(Resource).flatMap((resource) =>
      (contexts.length > 0 ? contexts : ['']).map((context) =>
        [Effect, action, resource, ...others, context].filter(Boolean).join(' '),
      ),
    ),
  );
}

const policiesIn = ({ Properties }: Resource): Document[] => [
  ...(Properties.PolicyDocument === undefined ? [] : [Properties.PolicyDocument as Document]),
  ...((Properties.Policies ?? []) as { PolicyDocument: Document }[]).map(
    ({ PolicyDocument }) => PolicyDocument,
  ),
];

const KINDS = ['AWS::IAM::Role', 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'];

const granted = (template: Template, idPrefix = ''): string[] =>
  KINDS.flatMap((kind) => resourcesOf(template, kind, idPrefix))
    .flatMap(policiesIn)
    .flatMap(({ Statement }) => Statement.flatMap(lines))
    .map((line) => line.replace(/(?<=log-group:Refresher\w+Logs)[\dA-F]{8}-*/, ''))
    .sort();

const CONTEXT_KEYS = { ssm: 'PARAMETER_ARN', secretsmanager: 'SecretARN' } as const;

function expected(row: Row, environment: string): string[] {
  const tokens = ['reader', 'requester'].includes(row.principal) ? [READ_TOKEN] : TOKENS;
  return tokens.flatMap((token) =>
    row.actions.flatMap((action) =>
      row.arns(environment, token).flatMap((arn) => {
        const line = `Allow ${action} ${arn}`;
        if (row.notByCode) return [line, `Deny ${action} ${arn} ${CODE_OF_A_FUNCTION}`];
        if (row.through === undefined) return [line];
        const { service, context } = row.through;
        const via = `kms:ViaService=${service}.ap-southeast-2.amazonaws.com`;
        return context(environment, token).map(
          (resource) => `${line} ${via} ${CONTEXT_KEYS[service]}=${resource}`,
        );
      }),
    ),
  );
}

interface Place {
  readonly environment: string;
  readonly network?: NetworkSettings;
}

const templateFor = ({ environment, network }: Place): Template =>
  inQuickApp((app) => {
    const tokens = [
      { ...payments, readerPolicy: true },
      { name: 'shipping-api', baseUrl: 'https://s.example.com' },
    ];
    const production = environment === 'production';
    const stack = stackOf({ name: environment, production, tokens, ...(network && { network }) }, app);
    // Another stack's environment in the same app must change nothing.
    stackOf({ name: 'other', tokens }, app);
    const requester = new Role(stack, 'Requester', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    const token = Token.fromName(stack, { environment, name: READ_TOKEN });
    token.grantRequestRefresh(requester).assertSuccess();
    return Template.fromStack(stack);
  });

describe.each<Place>([
  { environment: 'sandbox' },
  { environment: 'production' },
  { environment: 'production', network: NETWORK },
])('in %o', (place) => {
  const { environment, network } = place;
  const template = templateFor(place);
  const rows = ROWS.filter(({ principal }) => principal !== 'network' || network !== undefined);

  it.each(rows)('$principal: $actions on $resource', (row) => {
    expect(granted(template, CARRIERS[row.principal])).toEqual(
      expect.arrayContaining([...new Set(expected(row, environment))]),
    );
  });

  it.each([...new Set(Object.values(CARRIERS))])('%s may do nothing else', (carrier) => {
    const carried = rows.filter(({ principal }) => CARRIERS[principal] === carrier);
    expect([...new Set(granted(template, carrier))]).toEqual(
      [...new Set(carried.flatMap((row) => expected(row, environment)))].sort(),
    );
  });

  it('there are no other principals, and no other environment', () => {
    const carriers = Object.values(CARRIERS);
    const ids = KINDS.flatMap((kind) => Object.keys(template.findResources(kind)));
    expect(ids.filter((id) => !carriers.some((prefix) => id.startsWith(prefix)))).toEqual([]);
    expect(JSON.stringify(template.toJSON())).not.toMatch(
      environment === 'sandbox' ? /token-refresher.(production|other)/ : /token-refresher.(sandbox|other)/,
    );
  });

  it('no role, user or policy has a fixed name', () => {
    for (const { Properties } of KINDS.flatMap((kind) => resourcesOf(template, kind))) {
      expect(Properties).not.toHaveProperty('RoleName');
      expect(Properties).not.toHaveProperty('ManagedPolicyName');
    }
  });
});

/** What `grantRead` gives to a role of any stack, for roles outside the CDK to copy. */
function readerPolicy(): string {
  const documents = inQuickApp((app) => {
    const stack = new Stack(app, 'Consumer');
    const role = new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    Token.fromName(stack, { environment: 'production', name: READ_TOKEN }).grantRead(role).assertSuccess();
    return resourcesOf(Template.fromStack(stack), 'AWS::IAM::Policy').flatMap(policiesIn);
  });
  const once = (_key: string, value: unknown) => (Array.isArray(value) ? [...new Set(value)] : value);
  return JSON.stringify(documents[0], once, 2);
}

it('docs/security.md shows this table, and the policy of a reader', () => {
  const document = readFileSync(join(import.meta.dirname, '../..', DOCUMENT), 'utf8');
  const parts = { permissions: permissionsTable(), reader: `\`\`\`json\n${readerPolicy()}\n\`\`\`` };
  const written = Object.entries(parts).reduce((text, [name, part]) => {
    const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    return text.replace(new RegExp(`${begin}[^]*${end}`), () => `${begin}\n${part}\n${end}`);
  }, document);
  expectWritten(DOCUMENT, written);
});
