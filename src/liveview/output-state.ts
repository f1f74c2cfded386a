import type { CameraDesk, OutputOn } from './camera-desk.ts';
import { deskOf } from './desk-state.ts';
import type { EventOf } from './events.ts';
import type { outputEvents } from './output-events.ts';
import { one } from './request-state.ts';
import type { Delta, Reducers, State } from './state.ts';

export const outputReducers: Reducers<keyof typeof outputEvents> = {
  'output.intent': intended,
  'output.outcome': ended,
};

/** From the intent on it may be on, whatever becomes of us. */
function intended(state: State, event: EventOf<'output.intent'>): Delta {
  const { request, camera, output, on, lasts } = event.data;
  const begun = lasts ? one(state, request, ['move']) : {};
  if (!on) return begun;
  const changed = withOutputs(state, camera, (all) => [...without(all, output), onBy(event)]);
  return { ...begun, ...changed };
}

/** What came on later than it was switched off is on, whatever was known of it. */
function ended(state: State, event: EventOf<'output.outcome'>): Delta {
  const { camera, output, on, ok, stays, overtaken, error = '' } = event.data;
  if (!stays) return withOutputs(state, camera, (all) => without(all, output));
  if (overtaken) return {};
  const known = deskOf(state, camera).outputs.find((each) => each.output === output);
  if (known ? ok && known.failed === undefined : !on) return {};
  const { failed: _, ...now } = known ?? onBy(event);
  const told = ok ? now : { ...now, failed: error };
  return withOutputs(state, camera, (all) =>
    known ? all.map((each) => (each === known ? told : each)) : [...all, told],
  );
}

function onBy(event: EventOf<'output.intent' | 'output.outcome'>): OutputOn {
  const { data, actor, at, incident = null } = event;
  const contact = 'contact' in data && data.contact ? { contact: data.contact } : {};
  return { output: data.output, request: data.request, actor, incident, since: at, ...contact };
}

function without(all: CameraDesk['outputs'], output: string): CameraDesk['outputs'] {
  return all.filter((each) => each.output !== output);
}

function withOutputs(
  state: State,
  camera: string,
  change: (outputs: CameraDesk['outputs']) => CameraDesk['outputs'],
): Delta {
  const before = deskOf(state, camera);
  return { camera: { camera, before, now: { ...before, outputs: change(before.outputs) } } };
}
