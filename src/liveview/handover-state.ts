import { LiveViewError } from '../core/errors.ts';
import type { EventOf } from './events.ts';
import type { handoverEvents } from './handover-events.ts';
import { type HandoverEvent, nextHandoverState } from './handover-machine.ts';
import { incidentFor } from './known-incident.ts';
import type { Handover, Incident } from './model.ts';
import type { Delta, Reducers, State } from './state.ts';

export const handoverReducers: Reducers<keyof typeof handoverEvents> = {
  'handover.offered': offered,
  'handover.accepted': (state, event) => {
    const { handover, ...answered } = answeredBy(state, event, 'accept', {});
    return { incident: { ...answered, handover, responsible: event.actor.user } };
  },
  'handover.declined': (state, event) => ({
    incident: answeredBy(state, event, 'decline', { reason: event.data.reason }),
  }),
  'handover.withdrawn': (state, event) => ({
    incident: answeredBy(state, event, 'withdraw', {}),
  }),
  'handover.taken': taken,
};

/** In place of what was offered before. */
function offered(state: State, event: EventOf<'handover.offered'>): Delta {
  const { incident: id, data, at, actor } = event;
  const before = incidentFor(state, id, 'update');
  return { incident: { ...before, handover: { ...data, from: actor.user, at, state: 'offered' } } };
}

function taken(state: State, { incident: id, at, actor }: EventOf<'handover.taken'>): Delta {
  const before = incidentFor(state, id, 'update');
  const ended = handoverEnded(before, 'overtake', { by: actor.user, decidedAt: at });
  return { incident: { ...before, ...ended, responsible: actor.user } };
}

type Answer = EventOf<'handover.accepted' | 'handover.declined' | 'handover.withdrawn'>;

/** @throws LiveViewError `handover-ended` */
function answeredBy(
  state: State,
  { incident: id, actor, at }: Answer,
  by: HandoverEvent,
  told: Partial<Handover>,
): Incident & { handover: Handover } {
  const before = incidentFor(state, id, 'update');
  const { handover } = handoverEnded(before, by, { ...told, by: actor.user, decidedAt: at });
  if (handover) return { ...before, handover };
  throw new LiveViewError('handover-ended', 'nothing is handed over now, or it was answered');
}

/** With its hand-over ended, if one waits. */
export function handoverEnded(
  { handover }: Incident,
  by: HandoverEvent,
  told: Partial<Handover>,
): { handover?: Handover } {
  const next = handover && nextHandoverState(handover.state, by);
  return handover && next ? { handover: { ...handover, ...told, state: next } } : {};
}
