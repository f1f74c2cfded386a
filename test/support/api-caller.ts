import { until } from './until.ts';

/** Calls the HTTP API, as a browser with a session cookie or as a program with a token. */
export class ApiCaller {
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;

  private constructor(base: string, headers: Record<string, string>) {
    this.base = base;
    this.headers = headers;
  }

  static withToken(base: string, token: string): ApiCaller {
    return new ApiCaller(base, { authorization: `Bearer ${token}` });
  }

  static async logIn(base: string, username: string, password: string): Promise<ApiCaller> {
    const { origin } = new URL(base);
    const response = await fetch(new URL('/v1/session', base), {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ username, password }),
    });
    const cookie = response.headers.get('set-cookie')?.split(';')[0];
    if (!response.ok || !cookie) throw new Error(`login of ${username}: ${response.status}`);
    return new ApiCaller(base, { cookie, origin });
  }

  /** The same cookie or token, shown to a gateway at another address. */
  at(base: string): ApiCaller {
    const { origin } = new URL(base);
    return new ApiCaller(base, { ...this.headers, ...(this.headers['origin'] && { origin }) });
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(this.headers)) headers.set(name, value);
    return fetch(new URL(path, this.base), { ...init, headers });
  }

  /** The first answer that is a success: a busy gateway may say that a picture takes too long. */
  picture(path: string): Promise<Response> {
    return until(
      path,
      async () => {
        const answer = await this.fetch(path);
        if (answer.ok) return answer;
        throw new Error(`${answer.status} ${await answer.text()}`);
      },
      60_000,
    );
  }

  /** @throws Error with the status and the problem when the answer is not a success. */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const init: RequestInit = { method };
    if (body !== undefined) {
      init.headers = { 'content-type': 'application/json' };
      init.body = JSON.stringify(body);
    }
    const response = await this.fetch(path, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** What `withToken` was given. */
  get token(): string {
    return this.headers['authorization']?.replace('Bearer ', '') ?? '';
  }

  get socketUrl(): string {
    return new URL('/v1/live', this.base).href.replace(/^http/, 'ws');
  }
}
