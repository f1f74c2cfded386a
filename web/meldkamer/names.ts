import type { CameraView, IncidentView, LiveRequest } from '../../src/client/index.ts';
import { requestText } from '../shared/format.ts';
import type { Texts } from '../shared/texts-nl.ts';

/** Names for identifiers, from what the incident itself says; this side has no list of cameras. */
export function siteNameOf({ site, siteDetails }: IncidentView): string {
  return siteDetails?.name ?? site;
}

/** Before the gateway described it, all that is known of a camera is its identifier. */
export function cameraOf(incident: IncidentView, id: string): CameraView {
  const { cameraDetails, neighbours, site } = incident;
  const neighbour = neighbours?.find((camera) => camera.id === id);
  return cameraDetails?.find((camera) => camera.id === id) ?? { id, name: id, site, ...neighbour };
}

/** Of a camera in whichever incident it is shared. */
export function cameraNameOf(incidents: readonly IncidentView[], id: string): string {
  const incident = incidents.find(({ cameras }) => cameras.includes(id));
  return incident ? cameraOf(incident, id).name : id;
}

export function describeRequest(
  incident: IncidentView,
  request: Pick<LiveRequest, 'action' | 'args' | 'camera'>,
  texts: Texts,
): string {
  const camera = cameraOf(incident, request.camera ?? '');
  const presets = camera.ptz?.presets ?? [];
  return requestText(request, texts, {
    at: camera,
    plan: (id) => incident.plans?.find((plan) => plan.id === id)?.name ?? id,
    camera: (id) => cameraOf(incident, id).name,
    preset: (token) => presets.find((each) => each.token === token)?.name ?? token,
  });
}
