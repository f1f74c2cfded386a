import type { Actor } from '../journal/record.ts';
import type { CameraInfo, Grant, Policy, RequestAction, Right } from './model.ts';
import { because, type Reason } from './reasons.ts';
import { isPolice } from './sharing.ts';

/** What is to become of something that was asked for. */
export type Decision =
  | { readonly decided: 'accepted' | 'pending' }
  | ({ readonly decided: 'declined' } & Reason);

/** The right of a grant that an action needs. */
export function rightFor(action: RequestAction): Right {
  return action === 'camera.switch' ? 'switch' : 'ptz';
}

export function policyFor(camera: CameraInfo, action: RequestAction): Policy {
  return action === 'camera.switch' ? camera.requests.switch : camera.requests.ptz;
}

/**
 * The centre's own hand needs no leave. A control room's request goes by the camera's policy; but a
 * switch to a camera that is not shared yet is a disclosure, and only a person decides on that.
 */
export function decide(
  {
    action,
    camera,
    grant,
  }: { action: RequestAction; camera: CameraInfo; grant: Grant | undefined },
  actor: Actor,
): Decision {
  if (!isPolice(actor)) return { decided: 'accepted' };
  const reason = refusal(camera, action);
  if (reason) return { decided: 'declined', ...reason };
  const shared = grant?.cameras.includes(camera.id) ?? false;
  const policy = policyFor(camera, action);
  return { decided: policy === 'auto' && shared ? 'accepted' : 'pending' };
}

/** Why no control room may ask this of the camera; undefined when it may. */
export function refusal(camera: CameraInfo, action: RequestAction): Reason | undefined {
  if (policyFor(camera, action) !== 'never') return undefined;
  return because('not-allowed-by-policy', REFUSED[rightFor(action)]);
}

const REFUSED: Record<Right, string> = {
  ptz: 'the centre does not let others move this camera',
  switch: 'the centre does not show this camera on request',
  view: 'the centre does not share this camera',
  plan: 'the centre does not show plans on request',
};
