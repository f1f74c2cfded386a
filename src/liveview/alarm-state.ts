import { LiveViewError } from '../core/errors.ts';
import type { alarmEvents } from './alarm-events.ts';
import { type AlarmEvent, alarmStateOf, nextAlarmState } from './alarm-machine.ts';
import type { Alarm, IncidentAlarm, Verification } from './alarm-model.ts';
import type { DomainEvent, EventOf } from './events.ts';
import { incidentFor } from './known-incident.ts';
import type { Incident } from './model.ts';
import { type KnownName, namesKept, type ReportName } from './report-names.ts';
import type { Delta, Reducers, State } from './state.ts';

/** The incident is sent to all who see it at each change of one of them. */
const MAX_OF_INCIDENT = 32;

/** By what a source's reports are known to be one alarm; more than the alarm itself tells. */
export interface AlarmKey {
  readonly key: string;
  /** Of reports that were counted as its own: told twice, each is one report. */
  readonly names?: readonly KnownName[];
}

/**
 * What events do to alarms, and to the incident that one belongs to.
 *
 * @throws LiveViewError `unknown-alarm`, `alarm-ended`, `alarm-verified`, `alarm-taken`,
 *   `alarm-linked`, `not-looking` when the event is forbidden.
 */
export const alarmReducers: Reducers<keyof typeof alarmEvents> = {
  'alarm.raised': (_, event) => raised(event),
  'alarm.repeated': (state, { data, at }) => ({
    ...changed(state, repeated(alarmFor(state, data.alarm, 'repeat'), data)),
    ...named(state, data, at),
  }),
  'alarm.restored': (state, { data, at }) => ({
    ...changed(state, {
      ...alarmFor(state, data.alarm, 'restore'),
      restoredAt: data.restoredAt,
    }),
    ...named(state, data, at),
  }),
  'alarm.looking': (state, event) =>
    changed(state, lookedAt(alarmFor(state, event.data.alarm, 'look'), event)),
  'alarm.let-go': (state, event) =>
    changed(state, letGo(alarmFor(state, event.data.alarm, 'let-go'), event)),
  'alarm.verified': (state, event) =>
    changed(state, verified(alarmFor(state, event.data.alarm, 'verify'), event)),
  'alarm.false': (state, event) =>
    changed(state, refuted(alarmFor(state, event.data.alarm, 'refute'), event)),
  'alarm.linked': (state, { data, incident }) =>
    added(alarmFor(state, data.alarm, 'link'), incidentFor(state, incident, 'update')),
  'alarm.ended': (state, event) => {
    const { alarm, note } = event.data;
    return changed(state, ended(alarmFor(state, alarm, 'end'), event, note));
  },
};

/**
 * An incident that is opened from an alarm has it. Whoever opens one looked the alarm up; in a journal of
 * which content was removed it may be gone, and the incident is there without it.
 */
export function openedFrom(state: State, incident: Incident, id: string | undefined): Delta {
  if (id === undefined || !state.alarms.has(id)) return { incident };
  return added(alarmFor(state, id, 'link'), incident);
}

/** What was open of an incident that is closed, ended with it. */
export function endedWith(state: State, event: EventOf<'incident.closed'>): readonly Alarm[] {
  return [...state.alarms.values()]
    .filter((alarm) => alarm.incident === event.incident && alarm.state === 'open')
    .map((alarm) => ended(alarm, event, undefined));
}

function raised({ data, at, actor }: EventOf<'alarm.raised'>): Delta {
  const { alarm: id, key, once: _, names = unfingered(data), restored, ...facts } = data;
  const alarm: Alarm = {
    id,
    ...facts,
    at,
    calledAt: at,
    state: 'open',
    verification: { status: 'unverified' },
    repeats: { count: 0 },
    ...(restored ? { state: 'ended', restoredAt: at, endedAt: at, endedBy: actor.user } : {}),
  };
  return {
    alarms: [alarm],
    alarmKey: { alarm: id, key, names: namesKept([], names, at) },
  };
}

/** As it was written when a name said nothing of the whole report. */
function unfingered({ source, once }: EventOf<'alarm.raised'>['data']): readonly ReportName[] {
  return once === undefined ? [] : [{ source, once }];
}

function named(
  state: State,
  { alarm, names = [] }: Pick<EventOf<'alarm.repeated'>['data'], 'alarm' | 'names'>,
  at: string,
): Pick<Delta, 'alarmKey'> {
  const known = state.alarmKeys.get(alarm);
  if (!known || names.length === 0) return {};
  return { alarmKey: { alarm, ...known, names: namesKept(known.names ?? [], names, at) } };
}

function repeated(alarm: Alarm, data: EventOf<'alarm.repeated'>['data']): Alarm {
  const { restoredAt: _, ...rest } = alarm;
  return {
    ...rest,
    priority: data.priority ?? alarm.priority,
    calledAt: data.called ? data.lastAt : alarm.calledAt,
    repeats: { count: alarm.repeats.count + data.count, lastAt: data.lastAt },
  };
}

function lookedAt(alarm: Alarm, { actor, at }: EventOf<'alarm.looking'>): Alarm {
  const looked = { by: actor.user, at };
  return { ...alarm, looked, verification: { status: 'looking', ...looked } };
}

function letGo(alarm: Alarm, { actor }: EventOf<'alarm.let-go'>): Alarm {
  checkLooker(alarm, actor.user);
  return judged(alarm, { status: 'unverified' });
}

function verified(alarm: Alarm, { data, actor, at }: EventOf<'alarm.verified'>): Alarm {
  checkLooker(alarm, actor.user);
  const { alarm: _, ...judgement } = data;
  return judged(alarm, { status: 'verified', ...judgement, by: actor.user, at });
}

function refuted(alarm: Alarm, event: EventOf<'alarm.false'>): Alarm {
  const { data, actor, at } = event;
  checkLooker(alarm, actor.user);
  const { alarm: _, ...judgement } = data;
  const verification: Verification = { status: 'false', ...judgement, by: actor.user, at };
  return ended(judged(alarm, verification), event, undefined);
}

function ended(
  alarm: Alarm,
  { actor, at }: Pick<DomainEvent, 'actor' | 'at'>,
  note: string | undefined,
): Alarm {
  const why = note === undefined || note === '' ? {} : { endNote: note };
  return { ...alarm, state: 'ended', endedAt: at, endedBy: actor.user, ...why };
}

function judged(alarm: Alarm, verification: Verification): Alarm {
  return { ...alarm, verification };
}

/** While somebody looks, nobody else judges: whoever wants to, takes it over first. */
function checkLooker({ verification }: Alarm, user: string): void {
  if (verification.status !== 'looking' || verification.by === user) return;
  throw new LiveViewError(
    'alarm-taken',
    `${verification.by} is looking at this; take it over first`,
  );
}

/** The alarm as it is now, and as its incident shows it. */
function changed(state: State, alarm: Alarm): Delta {
  const incident = state.incidents.get(alarm.incident ?? '');
  if (!incident) return { alarms: [alarm] };
  const alarms = (incident.alarms ?? []).map((each) =>
    each.id === alarm.id ? forIncident(alarm, incident) : each,
  );
  return { alarms: [alarm], incident: { ...incident, alarms } };
}

function added(before: Alarm, incident: Incident): Delta {
  if (before.incident !== undefined) {
    throw new LiveViewError('alarm-linked', 'this alarm belongs to an incident already');
  }
  const alarm: Alarm = { ...before, incident: incident.id };
  if ((incident.alarms ?? []).length >= MAX_OF_INCIDENT) {
    const reason = `this incident has ${MAX_OF_INCIDENT} alarms already`;
    throw new LiveViewError('not-allowed', reason);
  }
  const alarms = [...(incident.alarms ?? []), forIncident(alarm, incident)];
  return { alarms: [alarm], incident: { ...incident, alarms } };
}

/** What all who work on an incident may know: not the source's details, nor what people noted. */
function forIncident(alarm: Alarm, incident: Pick<Incident, 'site'>): IncidentAlarm {
  const { id, kind, text, at, occurredAt, source, verification, site } = alarm;
  return {
    ...(site === incident.site ? {} : { site }),
    ...{ id, kind, text, at, source: source.type, verification: withoutNotes(verification) },
    ...(occurredAt === undefined ? {} : { occurredAt }),
  };
}

function withoutNotes(verification: Verification): Verification {
  switch (verification.status) {
    case 'unverified':
    case 'looking':
      return verification;
    case 'verified': {
      const { status, method, by, at } = verification;
      return { status, method, by, at };
    }
    case 'false': {
      const { status, cause, by, at } = verification;
      return { status, cause, by, at };
    }
  }
}

function alarmFor(state: State, id: string, event: AlarmEvent): Alarm {
  const alarm = state.alarms.get(id);
  if (!alarm) throw new LiveViewError('unknown-alarm', 'there is no such alarm (any more)');
  const now = alarmStateOf(alarm);
  if (nextAlarmState(now, event)) return alarm;
  if (now === 'ended') throw new LiveViewError('alarm-ended', 'this alarm has ended already');
  if (event === 'let-go') throw new LiveViewError('not-looking', 'nobody is looking at this alarm');
  throw new LiveViewError('alarm-verified', 'this alarm is verified already');
}
