import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { until } from './until.ts';

const SCRIPT = fileURLToPath(new URL('../e2e/gstreamer-server.py', import.meta.url));

/** Of the protected one; every character that has a meaning in URLs is in it. */
export const GSTREAMER_USER = { username: 'viewer', password: 's3cret:@/%' };

/** A camera that is not ours: GStreamer's RTSP server, one open and one that asks for a password. */
export class GstreamerServer {
  readonly #child: ChildProcess;
  readonly #ports: { open: string; protected: string };

  private constructor(child: ChildProcess, ports: { open: string; protected: string }) {
    this.#child = child;
    this.#ports = ports;
  }

  /**
   * Debian's Python, which has the bindings; another may come first in the path.
   *
   * @param encoder a GStreamer element with its properties, in place of the usual one.
   */
  static async start(encoder?: string): Promise<GstreamerServer> {
    const more = encoder === undefined ? [] : [encoder];
    const child = spawn('/usr/bin/python3', [SCRIPT, ...more], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += String(chunk);
    });
    const [, open = '', secret = ''] = await until('the GStreamer server', () =>
      /ready (\d+) (\d+)/.exec(printed),
    );
    return new GstreamerServer(child, { open, protected: secret });
  }

  url(which: 'open' | 'protected'): string {
    return `rtsp://127.0.0.1:${this.#ports[which]}/test`;
  }

  async stop(): Promise<void> {
    const exit = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await exit;
  }
}
