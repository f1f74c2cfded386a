import { Gauge, type Registry } from 'prom-client';
import type { Clock } from '../core/clock.ts';
import type { Service } from '../core/lifecycle.ts';
import type { Logger } from '../core/log.ts';
import { TlsFiles } from '../core/tls/files.ts';
import type { TlsFileNames } from '../core/tls/tls-bytes.ts';

/** The certificates of every listener that has them, read again while the gateway runs. */
export class Certificates implements Service {
  readonly name = 'certificates';
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #all: TlsFiles[] = [];

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log.child({ part: 'tls' });
  }

  /**
   * Those of one more listener.
   *
   * @throws TlsFileError as `readTlsMaterial`.
   */
  source(listener: string, files: TlsFileNames): TlsFiles {
    const source = new TlsFiles({ listener, files, clock: this.#clock, log: this.#log });
    this.#all.push(source);
    return source;
  }

  start(): void {
    for (const each of this.#all) each.start();
  }

  stop(): void {
    for (const each of this.#all) each.stop();
  }

  /** Now, and not at the next moment. */
  look(): void {
    for (const each of this.#all) each.look();
  }

  get problems(): string[] {
    return this.#all.flatMap(({ problems }) => problems);
  }

  register(registry: Registry): void {
    const all = this.#all;
    new Gauge({
      name: 'liveview_tls_expiry_timestamp_seconds',
      help: 'When what a listener shows or asks for by TLS expires: its certificate, the authority of client certificates, their revocation list',
      labelNames: ['listener', 'what'],
      registers: [registry],
      collect() {
        this.reset();
        for (const { listener, ends } of all) {
          for (const [what, unixMs] of ends) this.set({ listener, what }, unixMs / 1000);
        }
      },
    });
    new Gauge({
      name: 'liveview_tls_problems',
      help: 'What is wrong with the certificates of a listener: files that cannot be taken over, what has expired',
      labelNames: ['listener'],
      registers: [registry],
      collect() {
        this.reset();
        for (const { listener, problems } of all) this.set({ listener }, problems.length);
      },
    });
  }
}
