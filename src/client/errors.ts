/** What went wrong, for callers to match on by `code`; `message` is for people. */
export class ClientError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
  }
}

/** The gateway answered a request of the HTTP API with a problem (RFC 9457). */
export class ApiError extends ClientError {
  readonly status: number;

  constructor(status: number, code: string, message: string) {
    super(code, message);
    this.status = status;
  }
}
