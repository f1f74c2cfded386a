import type { CameraDesk, OutputOn } from './camera-desk.ts';
import { deskOf } from './desk-state.ts';
import type { EventOf } from './events.ts';
import type { outputEvents } from './output-events.ts';
import { one } from './request-state.ts';
import type { Delta, Reducers, State } from './state.ts';

export const outputReducers: Reducers<keyof typeof outputEvents> = {
  'output.intent': intended,
  'output.outcome': (state, { data: { camera, output, stays } }) =>
    stays ? {} : withOutputs(state, camera, (on) => on.filter((each) => each.output !== output)),
};

/** From the intent on it may be on, whatever becomes of us. */
function intended(state: State, event: EventOf<'output.intent'>): Delta {
  const { data, actor, at, incident = null } = event;
  const { request, camera, output, on, lasts } = data;
  const begun = lasts ? one(state, request, ['move']) : {};
  if (!on) return begun;
  const now: OutputOn = { output, request, actor, incident, since: at };
  const changed = withOutputs(state, camera, (all) => [
    ...all.filter((each) => each.output !== output),
    now,
  ]);
  return { ...begun, ...changed };
}

function withOutputs(
  state: State,
  camera: string,
  change: (outputs: CameraDesk['outputs']) => CameraDesk['outputs'],
): Delta {
  const before = deskOf(state, camera);
  return { camera: { camera, before, now: { ...before, outputs: change(before.outputs) } } };
}
