import { LiveViewError } from '../core/errors.ts';

/** It is too soon to try again. */
export class TooOftenError extends LiveViewError {
  readonly retryAfterMs: number;

  /** @param what was too much: "too many attempts". */
  constructor(code: string, what: string, retryAfterMs: number) {
    super(code, `${what}; try again in ${Math.ceil(retryAfterMs / 1000)} s`);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Of whoever logs in. */
export function loginTooOften(retryAfterMs: number): TooOftenError {
  return new TooOftenError('login-too-often', 'too many attempts', retryAfterMs);
}
