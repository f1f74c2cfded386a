/**
 * What the gateway asks of the directory, by HTTP. The addresses are what its description says, so they are
 * asked by HTTPS alone (the loopback excepted), a redirect is not followed, and an answer has a bound and a deadline.
 */
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Clock } from '../../core/clock.ts';
import { withDeadline } from '../../core/deadline.ts';
import { LiveViewError } from '../../core/errors.ts';

/** A description, keys or tokens have some thousand bytes; somebody in a thousand groups has some more. */
export const MAX_ANSWER_BYTES = 256 * 1024;
export const ANSWER_MS = 10_000;
/** RFC 9110 §15.4 */
const isRedirect = (status: number) => status >= 300 && status < 400;

export interface Asked {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface BoundedFetchOptions {
  readonly clock: Clock;
  /** PEM; the system's authorities unless given. */
  readonly ca?: string | undefined;
  /** Whether plain HTTP to this machine is meant. */
  readonly loopback: boolean;
}

export type BoundedFetch = (url: string, asked: Asked) => Promise<Response>;

/** A `fetch` of which every promise rejects with a LiveViewError `openid-unreachable` or `openid-failed`. */
export function boundedFetch({ clock, ca, loopback }: BoundedFetchOptions): BoundedFetch {
  return async (text, asked) => {
    const url = new URL(text);
    if (!isAllowed(url, loopback)) {
      throw failed(`the directory names ${url.origin}, which is not HTTPS`);
    }
    try {
      return await withDeadline(clock, url.origin, ANSWER_MS, (signal) =>
        ask(url, asked, { ca, signal }),
      );
    } catch (cause) {
      if (cause instanceof LiveViewError && cause.code === 'openid-failed') throw cause;
      const what = `the directory cannot be reached at ${url.origin}`;
      throw new LiveViewError('openid-unreachable', what, { cause });
    }
  };
}

/** Of HTTP only what stays on this machine. */
export function isAllowed({ protocol, hostname }: URL, loopback: boolean): boolean {
  return protocol === 'https:' || (protocol === 'http:' && loopback && isLoopbackHost(hostname));
}

export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

interface Terms {
  readonly ca: string | undefined;
  readonly signal: AbortSignal;
}

function ask(url: URL, { method, headers, body }: Asked, terms: Terms): Promise<Response> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const { signal, ca } = terms;
  const options = { method, headers, signal, agent: false, minVersion: 'TLSv1.2' } as const;
  return new Promise((resolve, reject) => {
    const sent = request(url, ca === undefined ? options : { ...options, ca }, (answer) => {
      read(url, answer).then(resolve, reject);
    });
    sent.on('error', reject);
    sent.end(body === undefined || body === null ? undefined : String(body));
  });
}

async function read(url: URL, answer: IncomingMessage): Promise<Response> {
  const status = answer.statusCode ?? 0;
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop cuts the connection.
  for await (const chunk of answer) {
    if (isRedirect(status)) throw failed(`${url.origin} sends us elsewhere, where we do not go`);
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) {
      throw failed(`${url.origin} answers with more than ${MAX_ANSWER_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  if (isRedirect(status)) throw failed(`${url.origin} sends us elsewhere, where we do not go`);
  const type = answer.headers['content-type'];
  const headers = type === undefined ? {} : { 'content-type': type };
  const isEmpty = status === 204 || status === 205;
  return new Response(isEmpty ? null : Buffer.concat(chunks), { status, headers });
}

function failed(message: string): LiveViewError {
  return new LiveViewError('openid-failed', message);
}
