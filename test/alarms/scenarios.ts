import type { TokenSettings } from '../../contract/function-settings.ts';
import { accessTokenParameter } from '../../contract/names.ts';
import type { Fault, Trouble } from '../../simulate/faults.ts';
import { ENVIRONMENT, FIRST_PASSWORD, START, USERNAME } from '../../simulate/world.ts';
import { type Situation, type Stage, storeCredentials } from './simulated-metrics.ts';

/** One line of docs/alarms.md. */
export interface AlarmScenario {
  readonly name: string;
  /** When trouble begins, in seconds from the start. */
  readonly troubleAt: number;
  /** Without seed. */
  readonly situation: Omit<Situation, 'seed'>;
  /** Alarms that must fire, whatever chance does: `<kind>`, and `<kind> <token>` where there are several tokens. */
  readonly fires: readonly string[];
  /** Alarms that chance decides about. */
  readonly mayFire?: readonly string[];
  /** Whether the token lives on. Default: false. */
  readonly tokenLives?: boolean;
  /** Alarms that must have said OK again at the end. */
  readonly endsQuiet: boolean;
  /** Why a token may die before anything can be known. */
  readonly cannotBeKnown?: string;
}

const SECOND = 1000;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const TOKEN = 'payments-api';

/** The tick that trouble meets: the sixth of 25 minutes. */
const TICK = 5 * 25 * MINUTE;

const DOWN: Trouble = {
  kind: 'api-answers',
  answer: { status: 503, headers: {}, body: '<html>Service Unavailable</html>' },
};

const from = (at: number, seconds: number, trouble: Trouble = DOWN): Fault => ({
  ...trouble,
  from: START + at * SECOND,
  to: START + (at + seconds) * SECOND,
});

/** Trouble that begins here goes on in the next minute, where no success can hide it. */
const BEFORE_MINUTE = 50;

const TROUBLES = { 'api-refuses': 'turns connections away', 'api-hangs': 'does not answer' };

const untilTheEnd = 1000 * HOUR;

const outage = (minutes: number, at: number): Pick<AlarmScenario, 'troubleAt' | 'situation'> => ({
  troubleAt: at,
  situation: { hours: 5, faults: [from(at, minutes * MINUTE)] },
});

const withPasswordChanged = ({ world }: Stage): void =>
  world.host(TOKEN).model.setPassword(USERNAME, 'password-2');

/** A consumer that finds every token rejected. */
const reportRejection = ({ world, refresher }: Stage): void => {
  const Names = [accessTokenParameter(ENVIRONMENT, TOKEN)];
  const rejectedVersion = world.parameterStore.getParameters({ Names }).Parameters?.[0]?.Version ?? 1;
  refresher.request({ token: TOKEN, requestedBy: 'consumer', rejectedVersion });
};

const settings = (change: Partial<TokenSettings>): Partial<TokenSettings> => change;

export const SCENARIOS: readonly AlarmScenario[] = [
  {
    name: 'a healthy week, three tokens',
    troubleAt: 0,
    situation: { hours: 7 * 24, tokens: [TOKEN, 'shipping-api', 'ledger-api'] },
    fires: [],
    tokenLives: true,
    endsQuiet: true,
  },
  {
    name: 'a healthy week, every other tick 60 s late, every datapoint 120 s late, each call takes 3 s',
    troubleAt: 0,
    situation: {
      hours: 7 * 24,
      worstDelays: true,
      faults: [from(0, untilTheEnd, { kind: 'api-slow', milliseconds: 3000 })],
    },
    fires: [],
    tokenLives: true,
    endsQuiet: true,
  },
  {
    name: 'a healthy week, refreshed every 12 hours',
    troubleAt: 0,
    situation: {
      hours: 7 * 24,
      settings: settings({ intervalSeconds: 12 * HOUR, accessTokenLifetimeSeconds: 13 * HOUR }),
    },
    fires: [],
    tokenLives: true,
    endsQuiet: true,
  },
  ...(['api-refuses', 'api-hangs', DOWN] as const).map(
    (trouble): AlarmScenario => ({
      name: `20 s, from a tick on, in which the token API ${typeof trouble === 'string' ? TROUBLES[trouble] : 'answers 503'}`,
      troubleAt: TICK + BEFORE_MINUTE,
      situation: {
        hours: 4,
        lateness: { least: BEFORE_MINUTE, most: BEFORE_MINUTE },
        faults: [from(TICK + BEFORE_MINUTE, 20, typeof trouble === 'string' ? { kind: trouble } : trouble)],
      },
      fires: [],
      tokenLives: true,
      endsQuiet: true,
    }),
  ),
  {
    name: 'the token API is down for 1 minute, between two ticks',
    ...outage(1, TICK + 10 * MINUTE),
    fires: [],
    tokenLives: true,
    endsQuiet: true,
  },
  {
    name: 'the token API is down for 1 minute, from a tick on',
    ...outage(1, TICK),
    fires: [],
    mayFire: ['refresh-failing'],
    tokenLives: true,
    endsQuiet: true,
  },
  {
    name: 'the token API is down for 10 minutes, from a tick on',
    ...outage(10, TICK),
    fires: ['refresh-failing'],
    mayFire: ['going-stale'],
    endsQuiet: true,
  },
  {
    name: 'the token API is down for 60 minutes, from a tick on',
    ...outage(60, TICK),
    fires: ['refresh-failing', 'going-stale'],
    endsQuiet: true,
  },
  {
    name: 'the token API takes connections and does not answer for 60 minutes',
    troubleAt: TICK,
    situation: { hours: 5, faults: [from(TICK, HOUR, { kind: 'api-hangs' })] },
    fires: ['refresh-failing', 'going-stale'],
    endsQuiet: true,
  },
  {
    name: 'the token API says `Retry-After: 600` for 10 minutes',
    troubleAt: TICK,
    situation: {
      hours: 5,
      faults: [
        from(TICK, 10 * MINUTE, {
          kind: 'api-answers',
          answer: { status: 429, headers: { 'retry-after': '600' }, body: '' },
        }),
      ],
    },
    fires: ['refresh-failing'],
    mayFire: ['going-stale'],
    endsQuiet: true,
  },
  {
    name: 'the password was changed at the token API, which ends the session too; nobody stored the new one',
    troubleAt: TICK - 10 * MINUTE,
    situation: {
      hours: 5,
      moments: [{ at: TICK - 10 * MINUTE, happens: withPasswordChanged }],
      faults: [
        from(TICK - 10 * MINUTE, untilTheEnd, {
          kind: 'api-answers',
          answer: { status: 401, headers: {}, body: '{}' },
        }),
      ],
    },
    fires: ['refresh-failing', 'login-refused', 'going-stale'],
    endsQuiet: false,
  },
  {
    name: 'wrong password from the start',
    troubleAt: 0,
    situation: {
      hours: 3,
      credentials: false,
      moments: [{ at: 0, happens: ({ world }) => storeCredentials(world, TOKEN, 'wrong') }],
    },
    fires: ['refresh-failing', 'login-refused', 'going-stale'],
    endsQuiet: false,
  },
  {
    name: 'a wrong new password is stored while the session lives; the right one 3 hours later',
    troubleAt: TICK + 10 * MINUTE,
    situation: {
      hours: 8,
      moments: [
        { at: TICK + 10 * MINUTE, happens: ({ world }) => storeCredentials(world, TOKEN, 'wrong') },
        {
          at: TICK + 10 * MINUTE + 3 * HOUR,
          happens: ({ world }) => storeCredentials(world, TOKEN, FIRST_PASSWORD),
        },
      ],
    },
    fires: ['login-refused'],
    tokenLives: true,
    endsQuiet: true,
  },
  {
    name: 'login alone is down when new credentials are stored; 15 minutes later it is up, and a newer version is accepted',
    troubleAt: TICK + 10 * MINUTE,
    situation: {
      hours: 8,
      faults: [{ ...from(TICK + 10 * MINUTE, 15 * MINUTE), only: 'login' }],
      moments: [10, 25].map((minutes) => ({
        at: TICK + minutes * MINUTE,
        happens: ({ world }) => storeCredentials(world, TOKEN, FIRST_PASSWORD),
      })),
    },
    fires: [],
    tokenLives: true,
    endsQuiet: true,
  },
  {
    name: 'the credentials are never set',
    troubleAt: 0,
    situation: { hours: 4, credentials: false },
    fires: ['attention', 'going-stale'],
    endsQuiet: false,
  },
  {
    name: 'the schedule is disabled',
    troubleAt: TICK,
    situation: { hours: 5, scheduleEndsAt: TICK },
    fires: ['going-stale'],
    endsQuiet: false,
  },
  {
    name: 'the schedule is disabled, lifetime 7 minutes longer than the interval',
    troubleAt: TICK,
    situation: {
      hours: 5,
      scheduleEndsAt: TICK,
      settings: settings({ accessTokenLifetimeSeconds: 32 * MINUTE }),
    },
    fires: ['going-stale'],
    endsQuiet: false,
  },
  {
    name: 'the schedule is disabled, interval 12 hours, lifetime 12 hours and 7 minutes',
    troubleAt: 24 * HOUR,
    situation: {
      hours: 48,
      scheduleEndsAt: 24 * HOUR,
      settings: settings({
        intervalSeconds: 12 * HOUR,
        accessTokenLifetimeSeconds: 12 * HOUR + 7 * MINUTE,
      }),
    },
    fires: ['going-stale'],
    endsQuiet: false,
  },
  {
    name: 'the function crashes at every run',
    troubleAt: TICK,
    situation: { hours: 5, faults: [from(TICK, untilTheEnd, { kind: 'crash', afterAwaits: 0 })] },
    fires: ['function-errors', 'going-stale'],
    endsQuiet: false,
  },
  {
    name: 'Parameter Store takes no writes for 10 minutes',
    troubleAt: TICK,
    situation: {
      hours: 5,
      faults: [from(TICK, 10 * MINUTE, { kind: 'parameters-unwritable', which: 'both', committed: false })],
    },
    fires: ['refresh-failing'],
    mayFire: ['going-stale'],
    endsQuiet: true,
  },
  {
    name: 'one of three tokens: its password is wrong from the start',
    troubleAt: 0,
    situation: {
      hours: 3,
      tokens: [TOKEN, 'shipping-api', 'ledger-api'],
      credentials: false,
      moments: [
        {
          at: 0,
          happens: ({ world }) => {
            storeCredentials(world, TOKEN, 'wrong');
            for (const token of ['shipping-api', 'ledger-api'])
              storeCredentials(world, token, FIRST_PASSWORD);
          },
        },
      ],
    },
    fires: [`refresh-failing ${TOKEN}`, `login-refused ${TOKEN}`, `going-stale ${TOKEN}`],
    endsQuiet: false,
  },
  {
    name: 'the token API shortens lifetimes to 15 minutes, and says so',
    troubleAt: 0,
    situation: { hours: 4, apiTimes: { accessTokenLifetimeSeconds: 15 * MINUTE, tokenFormat: 'jwt' } },
    fires: [],
    tokenLives: true,
    endsQuiet: true,
  },
  {
    name: 'the token API shortens lifetimes to 15 minutes, and answers 503 for 20 s, from a renewal on',
    troubleAt: TICK + 10 * MINUTE + BEFORE_MINUTE,
    situation: {
      hours: 4,
      lateness: { least: BEFORE_MINUTE, most: BEFORE_MINUTE },
      apiTimes: { accessTokenLifetimeSeconds: 15 * MINUTE, tokenFormat: 'jwt' },
      faults: [from(TICK + 10 * MINUTE + BEFORE_MINUTE, 20)],
    },
    fires: [],
    tokenLives: true,
    endsQuiet: true,
  },
  {
    name: 'the token API shortens lifetimes to 1 minute, and says so',
    troubleAt: 0,
    situation: { hours: 4, apiTimes: { accessTokenLifetimeSeconds: MINUTE, tokenFormat: 'jwt' } },
    fires: ['attention'],
    endsQuiet: false,
  },
  {
    name: 'login storm: the token API forgets refresh tokens after 20 minutes',
    troubleAt: 0,
    situation: { hours: 4, apiTimes: { refreshTokenLifetimeSeconds: 20 * MINUTE } },
    fires: ['attention'],
    tokenLives: true,
    endsQuiet: false,
  },
  {
    name: 'consumers report four tokens in a row as rejected',
    troubleAt: TICK + 2 * MINUTE,
    situation: {
      hours: 6,
      moments: [2, 4, 6, 8].map((minutes) => ({ at: TICK + minutes * MINUTE, happens: reportRejection })),
    },
    fires: ['attention'],
    tokenLives: true,
    endsQuiet: true,
  },
  {
    name: 'credentials that are older than a day, by setting',
    troubleAt: 24 * HOUR,
    situation: { hours: 30, settings: settings({ credentialsMaxAgeSeconds: 24 * HOUR }) },
    fires: ['attention'],
    tokenLives: true,
    endsQuiet: false,
  },
  {
    name: 'somebody sends what is no request',
    troubleAt: TICK,
    situation: {
      hours: 4,
      moments: [
        { at: TICK, happens: ({ refresher }) => refresher.queue.send({ body: 'hello', groupId: TOKEN }) },
      ],
    },
    fires: ['dead-letters'],
    tokenLives: true,
    endsQuiet: false,
  },
];
