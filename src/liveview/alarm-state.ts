import { LiveViewError } from '../core/errors.ts';
import { type AlarmEvent, alarmStateOf, nextAlarmState } from './alarm-machine.ts';
import type { Alarm, IncidentAlarm, Verification } from './alarm-model.ts';
import type { DomainEvent, EventOf } from './events.ts';
import { checkAllowed } from './known-incident.ts';
import type { Incident } from './model.ts';
import type { Delta, Reducers, State } from './state.ts';

type AlarmEventKind = Extract<DomainEvent['kind'], `alarm.${string}`>;

/** By what a source's reports are known to be one alarm; more than the alarm itself tells. */
export interface AlarmKey {
  readonly key: string;
  /** Of the report that raised it: told twice, it is one report. */
  readonly once?: string;
}

/**
 * What an event does to alarms, and to the incident that one belongs to. Pure.
 *
 * @throws LiveViewError `unknown-alarm`, `alarm-ended`, `alarm-verified`, `alarm-taken`,
 *   `alarm-linked`, `not-looking` when the event is forbidden.
 */
export function applyAlarm(state: State, event: EventOf<AlarmEventKind>): Delta {
  if (event.kind === 'alarm.raised') return raised(event);
  const { alarm: id } = event.data;
  switch (event.kind) {
    case 'alarm.repeated':
      return changed(state, repeated(alarmFor(state, id, 'repeat'), event.data));
    case 'alarm.restored': {
      const { restoredAt } = event.data;
      return changed(state, { ...alarmFor(state, id, 'restore'), restoredAt });
    }
    case 'alarm.looking':
      return changed(state, judged(alarmFor(state, id, 'look'), lookedAt(event)));
    case 'alarm.let-go':
      return changed(state, letGo(alarmFor(state, id, 'let-go'), event));
    case 'alarm.verified':
      return changed(state, verified(alarmFor(state, id, 'verify'), event));
    case 'alarm.false':
      return changed(state, refuted(alarmFor(state, id, 'refute'), event));
    case 'alarm.linked':
      return linked(state, id, event.incident);
    case 'alarm.ended':
      return changed(state, ended(alarmFor(state, id, 'end'), event, event.data.note));
  }
}

export const alarmReducers: Reducers<AlarmEventKind> = {
  'alarm.raised': applyAlarm,
  'alarm.repeated': applyAlarm,
  'alarm.restored': applyAlarm,
  'alarm.looking': applyAlarm,
  'alarm.let-go': applyAlarm,
  'alarm.verified': applyAlarm,
  'alarm.false': applyAlarm,
  'alarm.linked': applyAlarm,
  'alarm.ended': applyAlarm,
};

/** An incident that is opened from an alarm has it. */
export function openedFrom(state: State, incident: Incident, id: string | undefined): Delta {
  if (id === undefined) return { incident };
  return added(alarmFor(state, id, 'link'), incident);
}

/** What was open of an incident that is closed, ended with it. */
export function endedWith(state: State, event: EventOf<'incident.closed'>): readonly Alarm[] {
  return [...state.alarms.values()]
    .filter((alarm) => alarm.incident === event.incident && alarm.state === 'open')
    .map((alarm) => ended(alarm, event, undefined));
}

function raised({ data, at, actor }: EventOf<'alarm.raised'>): Delta {
  const { alarm: id, key, once, restored, ...facts } = data;
  const alarm: Alarm = {
    id,
    ...facts,
    at,
    state: 'open',
    verification: { status: 'unverified' },
    repeats: { count: 0 },
    ...(restored ? { state: 'ended', restoredAt: at, endedAt: at, endedBy: actor.user } : {}),
  };
  return {
    alarms: [alarm],
    alarmKey: { alarm: id, key, ...(once === undefined ? {} : { once }) },
  };
}

function repeated(alarm: Alarm, data: EventOf<'alarm.repeated'>['data']): Alarm {
  const { restoredAt: _, ...rest } = alarm;
  return {
    ...rest,
    priority: data.priority ?? alarm.priority,
    repeats: { count: alarm.repeats.count + data.count, lastAt: data.lastAt },
  };
}

function lookedAt({ actor, at }: EventOf<'alarm.looking'>): Verification {
  return { status: 'looking', by: actor.user, at };
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
    each.id === alarm.id ? forIncident(alarm) : each,
  );
  return { alarms: [alarm], incident: { ...incident, alarms } };
}

function linked(state: State, id: string, incidentId: string | undefined): Delta {
  const incident = state.incidents.get(incidentId ?? '');
  if (!incident) throw new LiveViewError('unknown-incident', 'there is no such incident');
  checkAllowed(incident, 'update');
  return added(alarmFor(state, id, 'link'), incident);
}

function added(before: Alarm, incident: Incident): Delta {
  if (before.incident !== undefined) {
    throw new LiveViewError('alarm-linked', 'this alarm belongs to an incident already');
  }
  const alarm: Alarm = { ...before, incident: incident.id };
  const alarms = [...(incident.alarms ?? []), forIncident(alarm)];
  return { alarms: [alarm], incident: { ...incident, alarms } };
}

/** What all who work on an incident may know: not the source's details, nor what people noted. */
function forIncident({
  id,
  kind,
  text,
  at,
  occurredAt,
  source,
  verification,
}: Alarm): IncidentAlarm {
  return {
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
