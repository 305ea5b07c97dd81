import { PRINCIPALS, ROWS, type Row } from './permissions-table.ts';
import { RESOURCE_POLICY_ROWS, type ResourcePolicyRow } from './resource-policies.ts';

const HEAD = ['who', 'may', 'on', 'why'];

/** The table as it stands in docs/security.md. */
export const permissionsTable = (): string =>
  [HEAD, HEAD.map(() => '---'), ...ROWS.map(cells), ...RESOURCE_POLICY_ROWS.map(cellsOfResourcePolicy)]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');

const cells = ({ principal, actions, resource, why }: Row): string[] => [
  PRINCIPALS[principal],
  actions.map((action) => `\`${action}\``).join(', '),
  resource,
  why,
];

const cellsOfResourcePolicy = ({ who, action, resource, why }: ResourcePolicyRow): string[] => [
  who,
  `\`${action}\``,
  resource,
  why,
];
