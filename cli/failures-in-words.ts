import type { FailureCode } from '../contract/failures.ts';

export interface InWords {
  /** What is wrong, as part of a sentence. */
  readonly says: string;
  readonly todo: string;
  /** Heading in docs/runbook.md. */
  readonly section: string;
}

const REFRESH_FAILING = 'Refresh failing';
const LOGIN_REFUSED = 'Login refused';

const WAIT =
  'The token API is to be waited for: the next attempt after its outage succeeds. Look at its status page.';
const ASK = 'Is the API still where the settings say, and is a firewall or a gateway in between?';
const AWS =
  'An AWS error that passes needs nothing. Access denied: a policy or a key was changed, deploy again.';
const STORE = 'Store the right credentials. They are tried at once.';

const outage = (says: string): InWords => ({ says, todo: WAIT, section: REFRESH_FAILING });
const doubtful = (says: string): InWords => ({ says, todo: ASK, section: REFRESH_FAILING });
const refused = (says: string, todo = STORE): InWords => ({ says, todo, section: LOGIN_REFUSED });
const aws = (says: string): InWords => ({ says, todo: AWS, section: REFRESH_FAILING });
const useless = (says: string): InWords => ({
  says,
  todo: 'The old token stays. Ask those who run the API why it answers this.',
  section: REFRESH_FAILING,
});

export const FAILURES_IN_WORDS: Readonly<Record<FailureCode, InWords>> = {
  ApiUnreachable: outage('the token API cannot be reached'),
  ApiConnectTimeout: outage('the token API does not take a connection in time'),
  ApiTlsFailed: {
    says: "the token API's certificate or TLS is not acceptable",
    todo: 'A certificate has expired or changed, on their side or in the credentials.',
    section: REFRESH_FAILING,
  },
  ApiConnectionLost: outage('the connection to the token API broke'),
  ApiUnavailable: outage('the token API is down'),
  ApiThrottled: outage('the token API asks for a pause'),
  ApiTimeout: outage('the token API gave no answer in time'),
  ApiFailed: outage('the token API failed at the request'),
  ApiForbidden: doubtful('the token API, or a firewall before it, forbids the request'),
  ApiRejectedRequest: doubtful('the token API rejects the request, not the credentials'),
  ApiRedirected: doubtful('the token API redirects, which is never followed'),
  AnswerNotJson: doubtful("the token API's answer is not JSON"),
  AnswerTooLarge: doubtful("the token API's answer is too large"),
  AnswerWithoutToken: doubtful("the token API's answer holds no token"),
  CredentialsRefused: refused('the token API refuses the credentials'),
  AccountLocked: refused(
    'the account is locked',
    'Have it unlocked, or wait; then store the same credentials again, or refresh with --retry-refused.',
  ),
  RefreshTokenRefused: refused('the token API refuses the refresh token'),
  ClientRefused: refused('the token API refuses the client'),
  TokenExpired: useless('the token API answers a token that has expired'),
  TokenTooLarge: useless('the token is too large for Parameter Store'),
  TokenUnsafe: useless('the token is not safe in an HTTP header'),
  TokenRepeated: useless('the token API answers the rejected token again'),
  ParametersUnreadable: aws('Parameter Store could not be read'),
  ParametersNotWritten: aws('Parameter Store could not be written'),
  CredentialsUnreadable: aws('Secrets Manager could not be read'),
  RunsDied: {
    says: 'earlier runs of the function crashed, so logins wait',
    todo: 'Look for crashes in the log.',
    section: 'Function errors',
  },
  NoCredentials: refused('there are no credentials yet', 'Store them. They are tried at once.'),
  CredentialsMalformed: refused('the credentials are not JSON, or lack a field'),
};

/** A version of the function may know a code that this one does not. */
export const failureInWords = (code: FailureCode | undefined): InWords =>
  FAILURES_IN_WORDS[code as FailureCode] ?? {
    says: `it failed (${code})`,
    todo: 'Read the log line.',
    section: REFRESH_FAILING,
  };

/** `docs/runbook.md#login-refused` */
export const runbook = (section: string): string =>
  `docs/runbook.md#${section.toLowerCase().replaceAll(' ', '-')}`;
