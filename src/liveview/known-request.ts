import { LiveViewError } from '../core/errors.ts';
import type { Actor } from '../journal/record.ts';
import type { LiveRequest } from './model.ts';
import { isPolice } from './sharing.ts';
import type { State } from './state.ts';

type Known = Pick<State, 'requests'>;

/** @throws LiveViewError `unknown-request` */
export function knownRequest({ requests }: Known, id: string): LiveRequest {
  const request = requests.get(id);
  if (request) return request;
  throw unknownRequest(id);
}

export function unknownRequest(request: string): LiveViewError {
  return new LiveViewError('unknown-request', 'there is no such request', { context: { request } });
}

/** One that this actor may decide on. @throws LiveViewError `unknown-request`, `not-allowed`, `request-decided` */
export function undecidedRequest(state: Known, actor: Actor, id: string): LiveRequest {
  if (isPolice(actor)) throw new LiveViewError('not-allowed', 'the centre decides on requests');
  const request = knownRequest(state, id);
  if (request.state === 'pending') return request;
  throw new LiveViewError('request-decided', `this request is ${request.state} already`);
}
