import { types } from 'node:util';
import { withoutRemembered } from './secret.ts';

/**
 * An error that callers match on by `code`, never by text. `message` is for people: what happened
 * and what to do about it; it may quote a camera, but not a secret that the camera was given. `context` holds
 * facts for the log; secrets never go in.
 */
export class LiveViewError extends Error {
  readonly code: string;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    options: { cause?: unknown; context?: Record<string, unknown> } = {},
  ) {
    super(
      withoutRemembered(message),
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = new.target.name;
    this.code = code;
    this.context = options.context ?? {};
  }
}

/** Something did not answer in time. */
export class TimeoutError extends LiveViewError {
  constructor(what: string, timeoutMs: number) {
    super('timeout', `${what} did not answer within ${timeoutMs} ms`, {
      context: { what, timeoutMs },
    });
  }
}

/** The work was called off by its owner; never an alarm. */
export class AbortedError extends LiveViewError {
  constructor(what: string) {
    super('aborted', `${what} was stopped`, { context: { what } });
  }
}

/** True for errors of any realm: those of Node's own modules may come from another than ours. */
export function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || types.isNativeError(thrown);
}

/** Whatever was thrown, as an Error. */
export function asError(thrown: unknown): Error {
  return isError(thrown) ? thrown : new Error(String(thrown));
}

/** The stable code of an error: ours, Node's (`ECONNREFUSED`), or `unknown`. */
export function codeOf(thrown: unknown): string {
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown) {
    if (typeof thrown.code === 'string') return thrown.code;
  }
  return 'unknown';
}

/** One line for people: the message and the chain of causes, each once. */
export function describe(thrown: unknown): string {
  const parts: string[] = [];
  for (let error: unknown = thrown; error !== undefined && parts.length < 8; ) {
    const message = asError(error).message || codeOf(error);
    if (!parts.some((part) => part.includes(message))) parts.push(message);
    error = isError(error) ? error.cause : undefined;
  }
  return parts.join(': ');
}
