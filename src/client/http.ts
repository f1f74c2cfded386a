import { ApiError, ClientError } from './errors.ts';

export interface HttpOptions {
  /** `https://host`; empty for the page's own origin. */
  readonly baseUrl?: string;
  /** A bearer token; in a browser the session cookie does instead. */
  readonly token?: string;
  readonly fetch?: typeof fetch;
  readonly timeoutMs?: number;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const TIMEOUT_MS = 10_000;
/** A file is sent, and made anew before the answer. */
const FORM_TIMEOUT_MS = 60_000;

/** JSON over HTTP with a deadline; problems (RFC 9457) become an ApiError with the gateway's code. */
export class Http {
  readonly #options: HttpOptions;

  constructor(options: HttpOptions = {}) {
    this.#options = options;
  }

  /**
   * @param body sent as JSON, or as it is when it is a form.
   * @returns what the gateway answered, undefined for an empty answer. Its shape is the gateway's
   * promise (`/openapi.json`) and is not checked here.
   * @throws ApiError for an answer of 400 and above; ClientError `unreachable`, `timeout`, `bad-answer`.
   */
  async request<T>(method: Method, path: string, body?: unknown): Promise<T> {
    const { response, text } = await this.#exchange(method, path, body);
    if (!response.ok) throw problem(response, text);
    if (text === '') return undefined as T;
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      throw new ClientError('bad-answer', `${method} ${path}: the answer is not JSON`, { cause });
    }
  }

  async #exchange(method: Method, path: string, body: unknown) {
    const { baseUrl = '', token } = this.#options;
    const isForm = body instanceof FormData;
    const timeoutMs = this.#options.timeoutMs ?? (isForm ? FORM_TIMEOUT_MS : TIMEOUT_MS);
    const headers: Record<string, string> = { accept: 'application/json' };
    if (body !== undefined && !isForm) headers['content-type'] = 'application/json';
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const response = await (this.#options.fetch ?? fetch)(`${baseUrl}${path}`, {
        method,
        headers,
        credentials: 'same-origin',
        signal,
        ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
      });
      return { response, text: await response.text() };
    } catch (cause) {
      const what = `${method} ${path}`;
      throw signal.aborted
        ? new ClientError('timeout', `${what}: no answer within ${timeoutMs} ms`, { cause })
        : new ClientError('unreachable', `${what}: the gateway cannot be reached`, { cause });
    }
  }
}

function problem(response: Response, text: string): ApiError {
  const { status } = response;
  try {
    const { code, detail, title } = JSON.parse(text) as Record<string, unknown>;
    const message = [detail, title].find((part) => typeof part === 'string' && part !== '');
    return new ApiError(
      status,
      typeof code === 'string' ? code : `http-${status}`,
      typeof message === 'string' ? message : `the gateway answered ${status}`,
    );
  } catch {
    return new ApiError(status, `http-${status}`, `the gateway answered ${status}`);
  }
}
