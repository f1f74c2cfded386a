/**
 * RTSP messages (RFC 2326 §4–7, RFC 7826 §5–8), for clients and servers.
 *
 *   request   METHOD SP uri SP RTSP/1.0 CRLF
 *   response  RTSP/1.0 SP status SP reason CRLF
 *             *(name ":" value CRLF) CRLF [body of Content-Length bytes]
 *
 * Text of a head is kept one character a byte (Latin-1), so that a realm or a session in any
 * encoding is echoed and hashed exactly as it was sent.
 */
import { LiveViewError } from '../../core/errors.ts';

export interface RtspRequest {
  readonly kind: 'request';
  readonly method: string;
  readonly uri: string;
  readonly headers: RtspHeaders;
  readonly body: Buffer;
}

export interface RtspResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
  readonly headers: RtspHeaders;
  readonly body: Buffer;
}

export type RtspMessage = RtspRequest | RtspResponse;

/** What a peer may make us hold. An SDP is a few KiB; a digest challenge a few hundred bytes. */
export interface RtspLimits {
  headBytes: number;
  headers: number;
  bodyBytes: number;
}

export const RTSP_LIMITS: RtspLimits = { headBytes: 16_384, headers: 64, bodyBytes: 131_072 };

/** Codes: `rtsp-malformed`, `rtsp-too-large`, `rtsp-invalid-header`. */
export class RtspMessageError extends LiveViewError {}

/** Header fields in order; names compare without case, several values of one name are kept. */
export class RtspHeaders {
  readonly #fields: [name: string, value: string][] = [];

  constructor(fields: Iterable<readonly [string, string]> = []) {
    for (const [name, value] of fields) this.append(name, value);
  }

  /** The first value of this name. */
  get(name: string): string | undefined {
    const wanted = name.toLowerCase();
    return this.#fields.find(([each]) => each.toLowerCase() === wanted)?.[1];
  }

  /** Every value of this name, in order. */
  all(name: string): string[] {
    const wanted = name.toLowerCase();
    return this.#fields.filter(([each]) => each.toLowerCase() === wanted).map(([, value]) => value);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** Adds a value beside those that are there. */
  append(name: string, value: string): this {
    this.#fields.push([name, value]);
    return this;
  }

  /** Replaces every value of this name. */
  set(name: string, value: string): this {
    this.delete(name);
    return this.append(name, value);
  }

  delete(name: string): void {
    const wanted = name.toLowerCase();
    for (let i = this.#fields.length - 1; i >= 0; i -= 1) {
      if (this.#fields[i]?.[0].toLowerCase() === wanted) this.#fields.splice(i, 1);
    }
  }

  get size(): number {
    return this.#fields.length;
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.#fields[Symbol.iterator]();
  }
}

export type HeaderInit = Iterable<readonly [string, string]> | Record<string, string>;

export function rtspRequest(
  method: string,
  uri: string,
  headers: HeaderInit = {},
  body: Buffer = Buffer.alloc(0),
): RtspRequest {
  return { kind: 'request', method, uri, headers: toHeaders(headers), body };
}

/** @param reason defaults to the phrase of RFC 2326 §7.1.1 for this status. */
export function rtspResponse(
  status: number,
  headers: HeaderInit = {},
  body: Buffer = Buffer.alloc(0),
  reason = REASONS.get(status) ?? 'Unknown',
): RtspResponse {
  return { kind: 'response', status, reason, headers: toHeaders(headers), body };
}

/** @throws RtspMessageError `rtsp-invalid-header` for text that would break out of its line. */
export function serializeRequest(request: RtspRequest): Buffer {
  if (/\s/.test(request.uri)) throw invalid('uri');
  return serialize(`${request.method} ${request.uri} RTSP/1.0`, request);
}

/** @throws RtspMessageError `rtsp-invalid-header` for text that would break out of its line. */
export function serializeResponse(response: RtspResponse): Buffer {
  return serialize(`RTSP/1.0 ${response.status} ${response.reason}`, response);
}

function serialize(startLine: string, message: RtspMessage): Buffer {
  let head = `${checked(startLine, 'start line')}\r\n`;
  for (const [name, value] of message.headers) {
    if (name.toLowerCase() === 'content-length') continue;
    head += `${checked(name, 'name')}: ${checked(value, name)}\r\n`;
  }
  if (message.body.length > 0) head += `Content-Length: ${message.body.length}\r\n`;
  return Buffer.concat([Buffer.from(`${head}\r\n`, 'latin1'), message.body]);
}

function checked(text: string, where: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these must not pass
  if (/[\u0000\r\n]|[^\u0000-\u00ff]/.test(text)) throw invalid(where);
  return text;
}

function invalid(where: string): RtspMessageError {
  return new RtspMessageError(
    'rtsp-invalid-header',
    `the ${where} of an RTSP message may not contain line breaks or characters beyond Latin-1`,
  );
}

const RESPONSE = /^RTSP\/[12]\.\d +(\d{3})(?: ([^\r\n]*))?$/;
const REQUEST = /^([A-Z_]+) +(\S+) +RTSP\/[12]\.\d$/;

export function isStartLine(line: string): boolean {
  const text = line.trimEnd();
  return RESPONSE.test(text) || REQUEST.test(text);
}

/**
 * Reads a head, start line to the empty line. The body is empty; `contentLength` says what follows.
 * Lines that are no header are skipped, folded lines are joined: cameras send both.
 *
 * @throws RtspMessageError `rtsp-malformed` when the start line is none, `rtsp-too-large`.
 */
export function parseHead(text: string, limits: RtspLimits = RTSP_LIMITS): RtspMessage {
  const [startLine = '', ...lines] = text.split(/\r?\n/);
  const headers = parseHeaderLines(lines, limits);
  const body = Buffer.alloc(0);
  const response = RESPONSE.exec(startLine.trimEnd());
  if (response) {
    const [, status = '', reason = ''] = response;
    return { kind: 'response', status: Number(status), reason: reason.trim(), headers, body };
  }
  const request = REQUEST.exec(startLine.trimEnd());
  if (!request) throw new RtspMessageError('rtsp-malformed', 'not an RTSP request or response');
  const [, method = '', uri = ''] = request;
  return { kind: 'request', method, uri, headers, body };
}

function parseHeaderLines(lines: readonly string[], limits: RtspLimits): RtspHeaders {
  const unfolded: string[] = [];
  for (const line of lines) {
    const last = unfolded.length - 1;
    if (/^[ \t]+\S/.test(line) && last >= 0) unfolded[last] += ` ${line.trim()}`;
    else unfolded.push(line);
  }
  const headers = new RtspHeaders();
  for (const line of unfolded) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    if (headers.size >= limits.headers) throw tooLarge('header count', limits.headers);
    headers.append(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  return headers;
}

/**
 * Bytes of body that follow a head.
 *
 * @throws RtspMessageError `rtsp-malformed` for a value that is no number, `rtsp-too-large`.
 */
export function contentLength(headers: RtspHeaders, limits: RtspLimits = RTSP_LIMITS): number {
  const value = headers.get('Content-Length');
  if (value === undefined || value === '') return 0;
  if (!/^\d{1,15}$/.test(value)) {
    throw new RtspMessageError('rtsp-malformed', `Content-Length is no number: ${value}`);
  }
  const length = Number(value);
  if (length > limits.bodyBytes) throw tooLarge('body', limits.bodyBytes);
  return length;
}

export function tooLarge(what: string, limit: number): RtspMessageError {
  return new RtspMessageError(
    'rtsp-too-large',
    `the peer sent an RTSP ${what} beyond the limit of ${limit}`,
    { context: { what, limit } },
  );
}

function toHeaders(init: HeaderInit): RtspHeaders {
  if (init instanceof RtspHeaders) return init;
  return new RtspHeaders(Symbol.iterator in init ? init : Object.entries(init));
}

/** RFC 2326 §7.1.1. */
const REASONS = new Map([
  [100, 'Continue'],
  [200, 'OK'],
  [301, 'Moved Permanently'],
  [302, 'Moved Temporarily'],
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [453, 'Not Enough Bandwidth'],
  [454, 'Session Not Found'],
  [455, 'Method Not Valid in This State'],
  [457, 'Invalid Range'],
  [459, 'Aggregate Operation Not Allowed'],
  [461, 'Unsupported Transport'],
  [500, 'Internal Server Error'],
  [501, 'Not Implemented'],
  [503, 'Service Unavailable'],
  [551, 'Option not supported'],
]);
