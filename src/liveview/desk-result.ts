import { LiveViewError } from '../core/errors.ts';
import { because, type Reason } from './reasons.ts';

/** How an order came to its end. */
export type Result = { readonly ok: boolean } & Partial<Reason>;

export const RELEASED: Result = { ok: true, ...because('released') };
export const HOLD_LOST: Result = { ok: true, ...because('hold-lost') };
export const NOT_CONFIRMED: Result = { ok: false, ...because('stop-not-confirmed') };
export const STOPPING: Result = { ok: true, ...because('gateway-stopping') };
export const CAMERA_CHANGED: Result = {
  ok: true,
  ...because('camera-changed', 'the camera changes'),
};
export const FOLLOWED: Result = { ok: true, ...because('replaced', 'another movement followed') };
export const STEERED_ON: Result = {
  ok: true,
  ...because('replaced', 'the movement went on under a newer request'),
};

export function gatewayStopping(): LiveViewError {
  return new LiveViewError('gateway-stopping', 'the gateway is stopping');
}
