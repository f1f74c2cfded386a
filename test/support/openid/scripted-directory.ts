import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  SignJWT,
} from 'jose';
import { CLIENT_ID } from './directory.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A key of a directory, and its public half as the directory shows it. */
export interface Key {
  readonly kid: string;
  readonly secret: CryptoKey;
  readonly shown: JWK;
}

export async function makeKey(kid: string): Promise<Key> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const shown = { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' };
  return { kid, secret: privateKey, shown };
}

/** A directory that says whatever a test has it say, on the loopback. */
export class ScriptedDirectory {
  readonly #server: Server;
  /** What its description says besides. */
  description: Record<string, unknown> = {};
  /** The keys that it shows. */
  keys: readonly Key[] = [];
  /** What the next answer at a path is, in the place of its own; until it is taken away. */
  readonly answers = new Map<string, Answer>();
  /** Paths that were asked for, and what was sent there. */
  readonly asked: { readonly path: string; readonly headers: object; readonly body: string }[] = [];
  /** The ID token that the next code is exchanged for. */
  idToken = '';

  readonly #scheme: 'http' | 'https';

  /** @param tls with which it speaks HTTPS. */
  constructor(tls?: { readonly cert: string; readonly key: string }) {
    const handle = (request: IncomingMessage, response: ServerResponse) =>
      void this.#handle(request, response);
    this.#scheme = tls ? 'https' : 'http';
    this.#server = tls ? createTlsServer(tls, handle) : createServer(handle);
  }

  /** One that has started, and shows this key. */
  static async showing(key: Key, tls?: { cert: string; key: string }): Promise<ScriptedDirectory> {
    const directory = await new ScriptedDirectory(tls).start();
    directory.keys = [key];
    return directory;
  }

  async start(port = 0): Promise<this> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get issuer(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}`;
  }

  asks(path: string): number {
    return this.asked.filter((each) => each.path === path).length;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    this.asked.push({ path, headers: request.headers, body });
    const scripted = this.answers.get(path);
    if (scripted) return scripted(request, response);
    const own = this.#own(path);
    response.writeHead(own === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(own ?? {}));
  }

  #own(path: string): object | undefined {
    if (path === '/.well-known/openid-configuration') {
      return {
        issuer: this.issuer,
        authorization_endpoint: `${this.issuer}/authorize`,
        token_endpoint: `${this.issuer}/token`,
        jwks_uri: `${this.issuer}/keys`,
        id_token_signing_alg_values_supported: ['ES256'],
        ...this.description,
      };
    }
    if (path === '/keys') return { keys: this.keys.map(({ shown }) => shown) };
    if (path !== '/token') return undefined;
    return { access_token: 'an access token', token_type: 'Bearer', id_token: this.idToken };
  }
}

/** A token as a directory signs it; what is undefined is left out. */
export function sign(
  key: Key,
  claims: Record<string, unknown>,
  header: Partial<JWTHeaderParameters> = {},
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', kid: key.kid, ...header })
    .sign(key.secret);
}

/** What an ID token for the gateway says. */
export function idClaims(issuer: string, nonce: string, unixS: number): Record<string, unknown> {
  return {
    ...{ iss: issuer, aud: CLIENT_ID, sub: 'olga', nonce, groups: ['operators'] },
    ...{ iat: unixS, exp: unixS + 300, auth_time: unixS },
  };
}
