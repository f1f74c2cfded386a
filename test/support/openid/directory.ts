import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { until } from '../until.ts';

const SCRIPT = fileURLToPath(new URL('provider-process.js', import.meta.url));
export const CLIENT_ID = 'liveview';
export const CLIENT_SECRET = 'a secret of the gateway at the directory';

export interface DirectorySettings {
  /** By what they type; claims besides `sub`. */
  readonly people: Readonly<Record<string, object>>;
  /** Of the gateways that know it, without path; the first is told when somebody logs out. */
  readonly gatewayUrls: readonly string[];
  /** Private keys as JWK; its own unless given. */
  readonly keys?: readonly object[];
}

/** A real OpenID provider in a process of its own. */
export class DirectoryProcess {
  readonly issuer: string;
  readonly #child: ChildProcess;
  readonly #said: () => string;

  private constructor(child: ChildProcess, issuer: string, said: () => string) {
    this.#child = child;
    this.issuer = issuer;
    this.#said = said;
  }

  /** It has its address, and answers when it is told to `serve`. */
  static async launch(port = 0): Promise<DirectoryProcess> {
    const child = spawn(process.execPath, [SCRIPT, String(port)], { stdio: 'pipe' });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        said += chunk;
      });
    }
    const line = await until('the address of the directory', () => {
      if (child.exitCode !== null) throw new Error(`it ended: ${said}`);
      return /^\{"issuer":.*\}$/m.exec(said)?.[0];
    });
    const { issuer } = JSON.parse(line) as { issuer: string };
    return new DirectoryProcess(child, issuer, () => said);
  }

  async serve({ gatewayUrls, ...settings }: DirectorySettings): Promise<this> {
    const client = {
      ...{ client_id: CLIENT_ID, client_secret: CLIENT_SECRET },
      redirect_uris: gatewayUrls.map((url) => `${url}/v1/session/openid/callback`),
      ...{ grant_types: ['authorization_code'], response_types: ['code'] },
      backchannel_logout_uri: `${gatewayUrls[0]}/v1/session/openid/logout`,
      backchannel_logout_session_required: true,
    };
    this.#child.stdin?.write(`${JSON.stringify({ ...settings, clients: [client] })}\n`);
    await until('the directory serves', () => {
      if (this.#child.exitCode !== null) throw new Error(`it ended: ${this.#said()}`);
      return this.#said().includes('{"serving":true}');
    });
    return this;
  }

  get port(): number {
    return Number(new URL(this.issuer).port);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await ended;
  }
}
