import type { EventOf } from './events.ts';
import type { imageRequestEvents } from './image-request-events.ts';
import { advanced, incidentFor } from './known-incident.ts';
import type { Grant, Incident } from './model.ts';
import { because, type Reason } from './reasons.ts';
import type { RequestEvent } from './request-machine.ts';
import { requestFor, stepped } from './request-state.ts';
import type { Delta, Reducers, State } from './state.ts';

export const imageRequestReducers: Reducers<keyof typeof imageRequestEvents> = {
  'images.asked': asked,
  'images.granted': granted,
  'images.declined': (state, event) => refused(state, event, 'decline', event.data),
  'images.expired': (state, event) => refused(state, event, 'expire', because('expired')),
};

function asked(_: State, event: EventOf<'images.asked'>): Delta {
  const { incident: id = '', at, actor } = event;
  const { request, site, type, text } = event.data;
  const { user, controlRoom = '' } = actor;
  const incident: Incident = {
    ...{ id, type, site, summary: text, priority: null, counts: {}, cameras: [] },
    ...{ state: 'requested', openedAt: at, openedBy: user },
    requestedBy: { user, controlRoom, at, request },
    grants: [],
    screen: { tiles: [], focus: null },
    notes: [],
  };
  const args = { site, text, type };
  return {
    incident,
    asked: { request, actor },
    requests: [
      {
        ...{ id: request, incident: id, action: 'view', args, user, controlRoom },
        ...{ createdAt: at, state: 'pending' },
      },
    ],
  };
}

/** The centre opens the incident with the share that was asked for. */
function granted(state: State, event: EventOf<'images.granted'>): Delta {
  const before = incidentFor(state, event.incident, 'answer');
  const { at, actor } = event;
  const { request: id, tiles, type = before.type, ...terms } = event.data;
  const request = requestFor(state, id);
  const { controlRoom = '' } = request;
  const grant: Grant = { controlRoom, ...terms, grantedAt: at, grantedBy: actor.user };
  const opened = {
    type,
    openedAt: at,
    openedBy: actor.user,
    cameras: terms.cameras,
    responsible: actor.user,
  };
  const shown = { grants: [grant], screen: { tiles, focus: null } };
  return {
    incident: advanced(before, 'answer', { ...opened, ...shown }),
    requests: [stepped(request, ['accept', 'finish'], {}, actor.user)],
  };
}

function refused(
  state: State,
  event: EventOf<'images.declined' | 'images.expired'>,
  by: RequestEvent,
  told: Partial<Reason>,
): Delta {
  const before = incidentFor(state, event.incident, 'refuse');
  const closed = { closedAt: event.at, closedBy: event.actor.user };
  const { reason } = told;
  return {
    incident: advanced(before, 'refuse', {
      ...closed,
      ...(reason === undefined ? {} : { closingNote: reason }),
    }),
    requests: [stepped(requestFor(state, event.data.request), [by], told, event.actor.user)],
  };
}
