import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { IssuedCertificate } from '../support/private-ca.ts';
import { TestSocket } from './harness.ts';

export interface DeskAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

export interface DeskRequest {
  readonly token?: string | undefined;
  readonly cookie?: string | undefined;
  readonly json?: unknown;
  readonly agent?: Agent;
}

/** A workstation of a control room, with the certificate that it shows, if any. */
export class Desk {
  readonly #listener: { readonly url: string };
  readonly #tls: Pick<RequestOptions, 'ca' | 'cert' | 'key'>;

  constructor(listener: { readonly url: string }, ca: string, shown?: IssuedCertificate) {
    this.#listener = listener;
    this.#tls = { ca, ...(shown ? { cert: shown.cert, key: shown.key } : {}) };
  }

  /** @throws Error of the socket when the listener ends the connection without an answer. */
  async ask(method: string, path: string, options: DeskRequest = {}): Promise<DeskAnswer> {
    const answer = await this.answer(method, path, options);
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk);
    const { statusCode: status = 0, headers } = answer;
    return { status, headers, body: Buffer.concat(chunks).toString() };
  }

  /** As soon as it begins; whoever asks reads it or destroys it. */
  async answer(method: string, path: string, options: DeskRequest): Promise<IncomingMessage> {
    const { json, agent } = options;
    const sent = request(`${this.#listener.url}${path}`, {
      ...{ method, headers: headersOf(options), agent: agent ?? false },
      ...this.#tls,
    });
    sent.end(json === undefined ? undefined : JSON.stringify(json));
    const [answer] = await once(sent, 'response');
    sent.on('error', () => undefined);
    return answer;
  }

  /** The cookie of a login. */
  async logIn(username: string, password: string): Promise<string> {
    const answer = await this.ask('POST', '/v1/session', { json: { username, password } });
    const [cookie] = (answer.headers['set-cookie'] as string[] | undefined) ?? [];
    if (!cookie) throw new Error(`not logged in: ${answer.status} ${answer.body}`);
    return cookie.split(';', 1)[0] ?? '';
  }

  connect(path: string, protocols: string[], options: DeskRequest = {}): TestSocket {
    const url = `${this.#listener.url}${path}`.replace('https', 'wss');
    return new TestSocket(
      new WebSocket(url, protocols, { headers: headersOf(options), ...this.#tls }),
    );
  }

  /** A request of which the answer goes on; resolves with the connection when the first of it is there. */
  async film(path: string, options: DeskRequest): Promise<Socket> {
    const answer = await this.answer('GET', path, options);
    answer.on('error', () => undefined);
    await once(answer, 'data');
    answer.resume();
    return answer.socket;
  }

  /** A connection that waits for its next request. */
  async idle(): Promise<Socket> {
    const agent = new Agent({ keepAlive: true });
    await this.ask('GET', '/v1/session', { agent });
    const [socket] = Object.values(agent.freeSockets).flat();
    if (!socket) throw new Error('the connection was not kept');
    return socket;
  }
}

function headersOf({ token, cookie, json }: DeskRequest): Record<string, string> {
  return {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(cookie === undefined ? {} : { cookie }),
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
  };
}
