/** What a browser does between a gateway and a directory: follows, and keeps the cookies of each apart. */
export class Visitor {
  readonly #cookies = new Map<string, Map<string, string>>();

  async ask(url: string, init: RequestInit = {}): Promise<Response> {
    const { host } = new URL(url);
    const jar = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = new Headers(init.headers);
    if (cookie !== '') headers.set('cookie', cookie);
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';', 1)[0] ?? '').split(/=(.*)/s);
      if (value === '' || /max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  /** The cookies that it has of a host, by name. */
  cookies(url: string): ReadonlyMap<string, string> {
    return this.#cookies.get(new URL(url).host) ?? new Map();
  }

  /** Goes on from a page until one that is none of `host` any more: where the directory sends it back to. */
  async follow(from: string, response: Response): Promise<string> {
    const { host } = new URL(from);
    let [at, answer] = [from, response];
    for (let step = 0; step < 10; step += 1) {
      const location = answer.headers.get('location');
      if (location === null) throw new Error(`${at} leads nowhere: ${answer.status}`);
      at = new URL(location, at).href;
      if (new URL(at).host !== host) return at;
      answer = await this.ask(at);
      if (answer.status === 200) return at;
    }
    throw new Error(`${from} leads on and on`);
  }

  /** From the page of the directory on which one logs in to the address that it sends one back to. */
  async logInAt(url: string, who: string, more: Record<string, string> = {}): Promise<string> {
    const page = await this.follow(url, await this.ask(url));
    // Somebody who is logged in there is asked nothing.
    if (new URL(page).host !== new URL(url).host) return page;
    const body = new URLSearchParams(who === '' ? { cancel: '1' } : { who, ...more });
    return this.follow(page, await this.ask(page, { method: 'POST', body }));
  }
}
