import { type Phrasing, type ReportedAlarm, table, word } from './context.ts';
import { type Html, html } from './html.ts';
import type { IncidentRecord } from './incident-record.ts';

/**
 * Each alarm of the incident, and what was found of its truth.
 *
 * @param named with who found it, and in the words of whoever told of it.
 */
export function alarmTable(alarms: readonly ReportedAlarm[], say: Phrasing, named: boolean): Html {
  const { words } = say;
  const heads = [words.at, words.what, words.source, words.verification];
  return table(
    heads,
    alarms,
    words.none,
    (alarm) => html`<tr><td class="time">${say.moment(unixUs(alarm.at))}</td>
<td>${named ? alarm.text[say.language] : words.alarmKinds[alarm.kind]}</td>
<td>${word(words.sources, alarm.source.type)}${named && alarm.source.id ? ` ${alarm.source.id}` : ''}</td>
<td>${verification(alarm, say, named)}</td></tr>`,
  );
}

function verification(
  { verification: found }: ReportedAlarm,
  say: Phrasing,
  named: boolean,
): string {
  const { words } = say;
  const status = word(words.verifications, found.status);
  if (found.status === 'unverified') return status;
  const how = found.status === 'verified' ? found.method : undefined;
  const cause = found.status === 'false' ? found.cause : undefined;
  const parts = [
    [status, how ?? cause].map((each) => (each === undefined ? '' : word(words.methods, each))),
    named ? [words.by(found.by)] : [],
    [say.time(unixUs(found.at))],
  ];
  return parts
    .flat()
    .filter((part) => part !== '')
    .join(', ');
}

/**
 * How long each step took, from the first of them: what a centre and a control room want to know of how
 * fast they were.
 */
export function course(
  record: IncidentRecord,
  alarms: readonly ReportedAlarm[],
  say: Phrasing,
): Html {
  const { words } = say;
  const verified = alarms.flatMap(({ verification: found }) =>
    found.status === 'verified' ? [unixUs(found.at)] : [],
  );
  // A viewing that ended without one picture showed nobody anything.
  const police = record.watched.filter(
    ({ actor, pictures }) => actor.controlRoom !== undefined && pictures !== 0,
  );
  const steps: readonly (readonly [string, number | undefined])[] = [
    [words.alarmCame, earliest(alarms.map((alarm) => unixUs(alarm.at)))],
    [words.alarmVerified, earliest(verified)],
    [words.opened, record.opened?.atUnixUs],
    [words.firstShared, earliest(record.shares.map((share) => share.fromUnixUs))],
    [words.firstWatched, earliest(police.map((viewing) => viewing.fromUnixUs))],
    [words.firstMoved, earliest([...record.moved.values()])],
    [words.closed, record.closed?.atUnixUs],
  ];
  const taken = steps.flatMap(([name, at]) => (at === undefined ? [] : [{ name, at }]));
  taken.sort((a, b) => a.at - b.at);
  const [first] = taken;
  return table(
    [words.step, words.at, words.afterFirst],
    taken,
    words.none,
    ({ name, at }) => html`<tr><td>${name}</td><td class="time">${say.time(at)}</td>
<td class="number">${at === first?.at || !first ? '' : say.span(at - first.at)}</td></tr>`,
  );
}

/** Undefined of none. */
export function earliest(times: readonly number[]): number | undefined {
  return times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b));
}

function unixUs(rfc3339: string): number {
  return Date.parse(rfc3339) * 1_000;
}
