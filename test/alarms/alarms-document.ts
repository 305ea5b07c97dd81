import { SECOND } from '../../contract/times.ts';
import { inWords } from '../../simulate/durations.ts';
import { START } from '../../simulate/world.ts';
import { firstAlarm, type Run } from './play-scenario.ts';
import type { AlarmScenario } from './scenarios.ts';

export interface PlayedScenario {
  readonly scenario: AlarmScenario;
  readonly runs: readonly Run[];
}

/** The whole of docs/alarms.md. */
export function alarmsDocument(played: readonly PlayedScenario[]): string {
  return `# Which alarm fires, and when

Each row is a test (\`test/alarms/scenarios.slow.test.ts\`). The refresher's own code runs on a virtual clock, in ${played[0]?.runs.length ?? 0} runs of each
scenario; each tick of the schedule comes 0 to 60 s late, each datapoint reaches CloudWatch 0 to 120 s late, a tenth of them
twice, and each alarm is looked at once a minute, at a second of its own. The alarms are those of the synthesized template,
evaluated as AWS documents it. This page is written by the test (\`npm run docs\`); \`npm run test:slow\` fails when the two differ.

Interval 25 minutes, lifetime of access tokens 30 minutes, unless the row says otherwise. All other alarms stay quiet.

| what happens | alarm: how long after it began | the token dies | first alarm | at the end |
|---|---|---|---|---|
${played.map(row).join('\n')}

Every row also asserts: when a token dies, an alarm has told of it before, if a failed attempt came more than 4 minutes
before the death, or, where nobody even tried, if the lifetime is at least 7 minutes longer than the interval; else within 2
minutes after. What cannot be known is a token that the API revokes: only a consumer sees that, and its report is a
request for a refresh.
`;
}

function row({ scenario, runs }: PlayedScenario): string {
  const began = START + scenario.troubleAt * SECOND;
  const names = [...scenario.fires, ...(scenario.mayFire ?? [])];
  const alarms = names.map((name) => {
    const times = runs.flatMap(({ alarms }) => firstAlarm(alarms.get(name) ?? { transitions: [] }) ?? []);
    const seldom = times.length < runs.length ? ` in ${times.length} of ${runs.length} runs` : '';
    return `**${name}**${seldom}${times.length === 0 ? '' : `: ${range(times.map((at) => at - began))}`}`;
  });
  const ends = scenario.endsQuiet ? 'OK' : 'ALARM';
  const cells = [
    scenario.name,
    alarms.join('<br>') || 'none',
    deaths(scenario, runs),
    lead(runs),
    names.length === 0 ? 'quiet' : ends,
  ];
  return `| ${cells.join(' | ')} |`;
}

const deathsOf = ({ observed }: Run): number[] =>
  [...observed.gaps.values()].flatMap((gaps) => gaps[0]?.from ?? []);

function deaths({ troubleAt }: AlarmScenario, runs: readonly Run[]): string {
  const times = runs.flatMap(deathsOf);
  return times.length === 0 ? 'no' : `after ${range(times.map((at) => at - START - troubleAt * SECOND))}`;
}

/** How long before the first death the first alarm came. */
function lead(runs: readonly Run[]): string {
  const leads = runs.flatMap((run) => {
    const [death] = deathsOf(run);
    const first = Math.min(...[...run.alarms.values()].flatMap((fired) => firstAlarm(fired) ?? []));
    return death === undefined ? [] : [death - first];
  });
  if (leads.length === 0) return '';
  const [least, most] = [Math.min(...leads), Math.max(...leads)];
  if (least >= 0) return `${range([least, most])} before`;
  if (most <= 0) return `${range([-most, -least])} after`;
  return `${inWords(most)} before to ${inWords(-least)} after`;
}

function range(times: readonly number[]): string {
  const [least, most] = [Math.min(...times), Math.max(...times)].map(inWords);
  return least === most ? `${least}` : `${least} to ${most}`;
}
