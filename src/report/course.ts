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
<td>${named ? alarm.text[say.language] : word(words.alarmKinds, alarm.kind)}</td>
<td>${word(words.sources, alarm.source.type)}${named && alarm.source.id ? ` ${alarm.source.id}` : ''}</td>
<td>${verification(alarm, say, named)}</td></tr>`,
  );
}

function verification(
  { verification: found, looked }: ReportedAlarm,
  say: Phrasing,
  named: boolean,
): string {
  const { words } = say;
  const { status, method, cause, by, at } = found;
  const how = method ?? cause;
  const parts = [
    word(words.verifications, status),
    how === undefined ? undefined : word(words.methods, how),
    named && by !== undefined ? words.by(by) : undefined,
    at === undefined || status === 'unverified' ? undefined : say.time(unixUs(at)),
    named && looked && status !== 'looking' ? lookedAt(looked, say) : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

function lookedAt({ by, at }: NonNullable<ReportedAlarm['looked']>, say: Phrasing): string {
  return say.words.lookedAt(by, say.time(unixUs(at)));
}

/** As the entries of the incident tell them; of journals of before that, as they are known otherwise. */
export function alarmsOf(record: IncidentRecord, known: readonly ReportedAlarm[]): ReportedAlarm[] {
  const told = new Set(record.alarms.map(({ id }) => id));
  return [...record.alarms, ...known.filter(({ id }) => !told.has(id))];
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
    found.status === 'verified' && found.at !== undefined ? [unixUs(found.at)] : [],
  );
  const police = record.watched.filter(({ actor }) => actor.controlRoom !== undefined);
  const steps: readonly (readonly [string, number | undefined])[] = [
    [words.alarmCame, earliest(alarms.map((alarm) => unixUs(alarm.at)))],
    [words.alarmVerified, earliest(verified)],
    [words.opened, record.opened?.atUnixUs],
    [words.firstShared, earliest(record.shares.map((share) => share.fromUnixUs))],
    [words.firstWatched, earliest(police.flatMap(({ firstUnixUs }) => firstUnixUs ?? []))],
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
