import { parseObject } from '../contract/json-object.ts';

export interface AuditVerdict {
  readonly message: string;
  /** 0: no known holes of severity high or worse. 1: some. 2: not known, the registry did not answer. */
  readonly exitCode: 0 | 1 | 2;
}

/** Reads what `npm audit --json` wrote. */
export function auditVerdict(stdout: string, stderr: string): AuditVerdict {
  const report: Report | undefined = parseObject(stdout);
  const counts = report?.metadata?.vulnerabilities;
  if (counts === undefined) {
    const reason = /\b(E[A-Z]{4,}|\d{3} [A-Z][A-Za-z ]+)/.exec(`${stdout}\n${stderr}`)?.[0] ?? 'no answer';
    return { message: `not known: the registry did not answer the audit (${reason})`, exitCode: 2 };
  }
  const { critical = 0, high = 0, moderate = 0, low = 0 } = counts;
  const message = `known holes: ${critical} critical, ${high} high, ${moderate} moderate, ${low} low`;
  return { message, exitCode: critical + high > 0 ? 1 : 0 };
}

interface Report {
  readonly metadata?: { readonly vulnerabilities?: Readonly<Record<string, number>> };
}
