import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { codeOf, LiveViewError } from '../core/errors.ts';
import type { Context } from './context.ts';
import { type Problem, problemOf, retryAfterOf } from './problem.ts';
import { commonHeaders } from './security-headers.ts';

/** A failure as it is answered at every door of a listener: by a route, or before there is one. */
export interface Refusal {
  readonly problem: Problem;
  /** All of the answer's, but for its length. */
  readonly headers: Readonly<Record<string, string>>;
}

/** @param more headers that this answer needs besides. */
export function refusalOf(
  thrown: unknown,
  { side, secure }: Pick<Context, 'side' | 'secure'>,
  more: Readonly<Record<string, string>> = {},
): Refusal {
  const problem = problemOf(thrown, side);
  const seconds = retryAfterOf(thrown);
  const headers = {
    ...commonHeaders(secure),
    'content-type': 'application/problem+json',
    ...(problem.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(seconds === undefined ? {} : { 'retry-after': String(seconds) }),
    ...more,
  };
  return { problem, headers };
}

/** Answers on a socket that no framework holds, and closes it. */
export function refuseSocket(socket: Duplex, { problem, headers }: Refusal): void {
  const body = JSON.stringify(problem);
  const all = { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' };
  const lines = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? 'Error'}`,
    ...Object.entries(all).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

/** What the HTTP parser of Node makes of bytes that are no request of ours, in our words. */
export function clientError(error: unknown): LiveViewError {
  switch (codeOf(error)) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new LiveViewError('request-timeout', 'the request did not come in time');
    case 'HPE_HEADER_OVERFLOW':
      return new LiveViewError('headers-too-large', 'the address and headers are too long');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new LiveViewError('body-too-large', 'the extensions of a chunk are too long');
    default:
      return new LiveViewError('invalid-request', 'this is not a request of HTTP/1.1');
  }
}
