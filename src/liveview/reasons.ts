/**
 * Why a request came to its end: the codes, stable, and what a control room is told of each. The
 * operator's own text may name who took over or where a camera is reached; these name nobody.
 */
const FOR_ROOMS = {
  released: 'the joystick was released',
  'asker-gone': 'whoever asked is no longer connected',
  'hold-lost': 'stopped: nothing was heard from whoever held the joystick',
  replaced: 'a newer request took its place',
  'taken-over': 'somebody else took over the camera',
  'control-taken': 'somebody else has this camera',
  'control-idle': 'the camera was not used for a while',
  'switched-off': 'it was switched off',
  'time-over': 'it was switched off after its time',
  'control-forced': 'the centre released the camera',
  'handed-over': 'the camera was handed over to whoever asked for it',
  expired: 'nobody decided in time',
  'share-ended': 'the share has ended',
  'not-shared': 'this is not shared with your control room',
  'incident-closed': 'the incident was closed',
  'not-allowed-by-policy': 'the centre does not allow this for this camera',
  'unknown-camera': 'this camera is no longer there',
  'unknown-plan': 'this plan is no longer there',
  'camera-changed': 'the camera is being set up anew',
  'cannot-do': 'the camera cannot do this',
  'not-supported': 'the camera does not support this',
  'camera-unreachable': 'the camera cannot be reached',
  'camera-refused-credentials': 'the camera refused the gateway',
  'camera-fault': 'the camera answered with a fault',
  timeout: 'there was no answer in time',
  'stop-not-confirmed': 'the camera did not confirm that it stopped; look whether it still moves',
  'output-not-confirmed':
    'the camera did not confirm that it was switched off; look whether it still is on',
  aborted: 'it was called off before the camera had taken it',
  'journal-unwritable': 'the journal cannot be written; therefore nothing is done',
  'gateway-restarted': 'the gateway was restarted',
  'gateway-stopping': 'the gateway is stopping',
  'internal-error': 'something went wrong in the gateway',
} as const;

export type ReasonCode = keyof typeof FOR_ROOMS;
export const REASON_CODES = Object.keys(FOR_ROOMS) as [ReasonCode, ...ReasonCode[]];

/** Why something ended or was not done. */
export interface Reason {
  readonly reasonCode: ReasonCode;
  /** For the operator and the journal: as exact as it can be said. */
  readonly reason: string;
}

/** @param reason where there is more to say than a control room is told. */
export function because(reasonCode: ReasonCode, reason: string = FOR_ROOMS[reasonCode]): Reason {
  return { reasonCode, reason };
}

/** What a control room is told of this code; undefined for other codes. */
export function textForRooms(code: string): string | undefined {
  return isReasonCode(code) ? FOR_ROOMS[code] : undefined;
}

export function isReasonCode(code: string): code is ReasonCode {
  return Object.hasOwn(FOR_ROOMS, code);
}
