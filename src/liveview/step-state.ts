import type { EventOf } from './events.ts';
import { incidentFor } from './known-incident.ts';
import type { StepMark } from './model.ts';
import type { Delta, Reducers, State } from './state.ts';
import type { stepEvents } from './step-events.ts';

export const stepReducers: Reducers<keyof typeof stepEvents> = {
  'step.done': (state, event) => marked(state, event, { ...markOf(event), state: 'done' }),
  'step.explained': (state, event) =>
    marked(state, event, { ...markOf(event), state: 'explained' }),
  'step.reopened': (state, event) => marked(state, event, undefined),
};

type StepEvent = EventOf<keyof typeof stepEvents>;

function markOf({ data, actor, at }: EventOf<'step.done' | 'step.explained'>) {
  const note = data.note === undefined ? {} : { note: data.note };
  return { step: data.step, by: actor.user, at, ...note };
}

function marked(state: State, { incident: id, data }: StepEvent, mark?: StepMark): Delta {
  const before = incidentFor(state, id, 'update');
  const others = (before.steps ?? []).filter(({ step }) => step !== data.step);
  return { incident: { ...before, steps: mark ? [...others, mark] : others } };
}
