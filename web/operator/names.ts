import type { IncidentView, LiveRequest, SessionView } from '../../src/client/index.ts';
import { requestText } from '../shared/format.ts';
import type { Texts } from '../shared/texts-nl.ts';
import type { CentreState } from './centre.ts';

/** Names for identifiers; an identifier that nobody knows is shown as it is. */
export function cameraName(state: CentreState, id: string | undefined): string {
  return state.cameras.find((camera) => camera.id === id)?.name ?? id ?? '';
}

function planName(incident: IncidentView | undefined, id: string): string {
  return incident?.plans?.find((plan) => plan.id === id)?.name ?? id;
}

export function siteName(state: CentreState, id: string): string {
  return state.sites.find((site) => site.id === id)?.name ?? id;
}

export function controlRoomName(session: SessionView, id: string | undefined): string {
  return session.controlRooms?.find((room) => room.id === id)?.name ?? id ?? '';
}

/** Who asked or wrote: the control room, or the colleague. */
export function whose(session: SessionView, user = '', controlRoom?: string): string {
  return controlRoom === undefined ? user : controlRoomName(session, controlRoom);
}

export function asker(session: SessionView, { controlRoom, user }: LiveRequest): string {
  return whose(session, user, controlRoom);
}

export function describeRequest(state: CentreState, request: LiveRequest, texts: Texts): string {
  const camera = state.cameras.find(({ id }) => id === request.camera);
  const incident = state.incidents.find(({ id }) => id === request.incident);
  if (request.action === 'view') {
    const { site, text } = request.args;
    return texts.casework.questionOf(siteName(state, String(site)), String(text));
  }
  return requestText(request, texts, {
    at: camera,
    plan: (id) => planName(incident, id),
    camera: (id) => cameraName(state, id),
    preset: (token) => camera?.ptz?.presets.find((each) => each.token === token)?.name ?? token,
  });
}
