import type { RequestState } from './model.ts';

/**
 * What can happen to a request. `replace`: the same was asked anew before it was decided. `move`: a
 * movement that lasts until it is released has begun.
 */
export type RequestEvent = 'accept' | 'decline' | 'expire' | 'replace' | 'move' | 'finish' | 'fail';

/**
 *   pending ──accept──► accepted ──move──► running
 *      │ decline            │ finish, fail    │ finish, fail
 *      │ expire, replace    ▼                 ▼
 *      └──────────►  done, failed, declined, expired: the end
 */
const TABLE: Record<RequestState, Partial<Record<RequestEvent, RequestState>>> = {
  pending: { accept: 'accepted', decline: 'declined', expire: 'expired', replace: 'expired' },
  accepted: { move: 'running', finish: 'done', fail: 'failed' },
  running: { finish: 'done', fail: 'failed' },
  done: {},
  declined: {},
  failed: {},
  expired: {},
};

/** The state after the event; undefined when the event is forbidden in this state. */
export function nextRequestState(
  state: RequestState,
  event: RequestEvent,
): RequestState | undefined {
  return TABLE[state][event];
}

/** Nothing can happen to it any more. */
export function isDecided(state: RequestState): boolean {
  return Object.keys(TABLE[state]).length === 0;
}

/** It was accepted and has not come to its end. */
export function isAcceptedNow(state: RequestState): boolean {
  return state === 'accepted' || state === 'running';
}
