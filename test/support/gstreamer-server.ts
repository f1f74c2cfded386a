import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { until } from './until.ts';

/** Of the repository, from which all tests run; the recorder of captures is bundled elsewhere. */
const test = (path: string) => join(process.cwd(), 'test', path);
const SCRIPT = test('e2e/gstreamer-server.py');

/** Of the protected one; every character that has a meaning in URLs is in it. */
export const GSTREAMER_USER = { username: 'viewer', password: 's3cret:@/%' };

const CERTIFICATE = test('fixtures/tls/self-signed.crt');
const KEY = test('fixtures/tls/self-signed.key');

export type GstreamerPort = 'open' | 'protected' | 'tls' | 'multicast';

/**
 * A camera that is not ours: GStreamer's RTSP server. One port is open, one asks for a password, one speaks
 * TLS with the self-signed certificate of the fixtures, one offers multicast and nothing else.
 */
export class GstreamerServer {
  readonly #child: ChildProcess;
  readonly #ports: Readonly<Record<GstreamerPort, number>>;
  readonly #printed: () => string;

  private constructor(
    child: ChildProcess,
    ports: Record<GstreamerPort, number>,
    printed: () => string,
  ) {
    this.#child = child;
    this.#ports = ports;
    this.#printed = printed;
  }

  /**
   * Debian's Python, which has the bindings; another may come first in the path.
   *
   * @param encoder a GStreamer element with its properties, in place of the usual one.
   */
  static async start(encoder?: string): Promise<GstreamerServer> {
    // Other runs on this machine have groups of their own.
    const group = `239.255.${process.pid & 0xff}.${1 + Math.floor(Math.random() * 254)}`;
    const more = encoder === undefined ? [] : [encoder];
    const child = spawn('/usr/bin/python3', [SCRIPT, CERTIFICATE, KEY, group, ...more], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += String(chunk);
    });
    const [, ...ports] = await until('the GStreamer server', () =>
      /ready (\d+) (\d+) (\d+) (\d+)/.exec(printed),
    );
    const [open = 0, secret = 0, tls = 0, multicast = 0] = ports.map(Number);
    return new GstreamerServer(child, { open, protected: secret, tls, multicast }, () => printed);
  }

  /** Clients that have connected to a port so far. */
  clients(which: GstreamerPort): number {
    const lines = this.#printed().split('\n');
    return lines.filter((line) => line === `connected ${this.#ports[which]}`).length;
  }

  /** Of the media that were set up so far. */
  setUps(): string[] {
    return [...this.#printed().matchAll(/^setup (.*)$/gm)].map(([, path]) => path ?? '');
  }

  url(which: GstreamerPort): string {
    return `${which === 'tls' ? 'rtsps' : 'rtsp'}://127.0.0.1:${this.#ports[which]}/test`;
  }

  port(which: GstreamerPort): number {
    return this.#ports[which];
  }

  async stop(): Promise<void> {
    const exit = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await exit;
  }
}
