import { endedWith, openedFrom } from './alarm-state.ts';
import type { EventOf } from './events.ts';
import { handoverEnded } from './handover-state.ts';
import type { incidentEvents } from './incident-events.ts';
import { advanced, incidentFor, unknownIncident } from './known-incident.ts';
import type { Incident, Note } from './model.ts';
import { offersWithout } from './offer-state.ts';
import { because } from './reasons.ts';
import { orphaned } from './request-state.ts';
import type { Delta, Reducers, State } from './state.ts';

export const incidentReducers: Reducers<keyof typeof incidentEvents> = {
  'incident.opened': (state, event) => openedFrom(state, opened(event), event.data.alarm),
  'incident.updated': (state, event) => ({
    incident: updated(incidentFor(state, event.incident, 'update'), event),
  }),
  'incident.closed': closed,
  'screen.set': (state, { incident, data }) => ({
    incident: { ...incidentFor(state, incident, 'screen'), screen: data },
  }),
};

function opened({ incident, data, actor, at }: EventOf<'incident.opened'>): Incident {
  if (incident === undefined) throw unknownIncident('');
  const { tiles, alarm: _, ...facts } = data;
  return {
    id: incident,
    ...facts,
    priority: null,
    counts: {},
    state: 'open',
    openedAt: at,
    openedBy: actor.user,
    responsible: actor.user,
    grants: [],
    screen: { tiles, focus: null },
    notes: [],
  };
}

function updated(incident: Incident, event: EventOf<'incident.updated'>): Incident {
  const { note, counts, ...facts } = event.data;
  return {
    ...incident,
    ...facts,
    counts: { ...incident.counts, ...counts },
    notes: note === undefined ? incident.notes : [...incident.notes, noteOf(note, event)],
  };
}

function noteOf(text: string, { actor, at }: EventOf<'incident.updated'>): Note {
  const room = actor.controlRoom === undefined ? {} : { controlRoom: actor.controlRoom };
  return { at, by: actor.user, ...room, text };
}

function closed(state: State, event: EventOf<'incident.closed'>): Delta {
  const before = incidentFor(state, event.incident, 'close');
  const incident = advanced(before, 'close', {
    grants: [],
    ...offersWithout(before, {}),
    ...handoverEnded(before, 'withdraw', { by: event.actor.user, decidedAt: event.at }),
    screen: { tiles: [], focus: null },
    closedAt: event.at,
    closedBy: event.actor.user,
    outcome: event.data.outcome,
    closingNote: event.data.note,
  });
  const requests = orphaned(state, incident, because('incident-closed'));
  return { incident, requests, alarms: endedWith(state, event) };
}
