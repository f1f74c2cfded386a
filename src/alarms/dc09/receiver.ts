import type { Clock } from '../../core/clock.ts';
import { Lifecycle, type Service } from '../../core/lifecycle.ts';
import type { Logger } from '../../core/log.ts';
import type { TlsSource } from '../../core/tls/files.ts';
import type { PanelAccounts } from './account.ts';
import { Answering, type AnsweringCounts, type ReportHandler } from './answering.ts';
import { Complaints } from './complaints.ts';
import type { Frame } from './framing.ts';
import { TcpListener } from './tcp-listener.ts';
import { UdpListener } from './udp-listener.ts';

export interface Endpoint {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

export interface ReceiverOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly accounts: PanelAccounts;
  readonly onReports: ReportHandler;
  /** Accounts of which an earlier run has told that they are silent; asked at the start. */
  readonly silent: () => ReadonlySet<string>;
  readonly tcp?: Endpoint;
  readonly udp?: Endpoint;
  readonly tls?: Endpoint & { readonly source: TlsSource };
  /** For the padding of encrypted replies. */
  readonly random?: (bytes: number) => Buffer;
}

/** Two for each account, and some for whoever else comes. */
const CONNECTIONS_OF_AN_ACCOUNT = 2;
const LEAST_CONNECTIONS = 256;

/** Takes the messages of alarm panels: SIA DC-09 over TCP, UDP and TLS. */
export class Dc09Receiver implements Service {
  readonly name = 'DC-09 receiver';
  readonly #options: ReceiverOptions;
  readonly #answering: Answering;
  readonly #complaints: Complaints;
  readonly #tcp: TcpListener | undefined;
  readonly #tls: TcpListener | undefined;
  readonly #udp: UdpListener | undefined;
  readonly #lifecycle: Lifecycle;
  #accounts: PanelAccounts;

  constructor(options: ReceiverOptions) {
    const { clock, log, onReports, random, tcp, udp, tls } = options;
    this.#options = options;
    this.#accounts = options.accounts;
    this.#complaints = new Complaints(clock, log);
    this.#answering = new Answering({ clock, log, onReports, ...(random ? { random } : {}) });
    this.#tcp = tcp && this.#tcpListener(tcp);
    this.#tls = tls && this.#tcpListener(tls, tls.source);
    this.#udp =
      udp && new UdpListener({ clock, ...udp, answer: (...heard) => this.#answer(...heard) });
    const listeners = [this.#tcp, this.#udp, this.#tls].filter((each) => each !== undefined);
    this.#lifecycle = new Lifecycle([
      {
        name: 'panels',
        start: () => this.#answering.start(this.#accounts, options.silent()),
        stop: () => this.#answering.stop(),
      },
      ...listeners.map((listener) => ({
        name: 'listener',
        start: () => listener.start(),
        stop: () => listener.stop(),
      })),
    ]);
  }

  /** @throws LiveViewError `address-in-use`, `address-unavailable`, `port-not-permitted`. */
  async start(): Promise<void> {
    await this.#lifecycle.start();
    const accounts = this.#accounts.size;
    this.#options.log.info('DC-09 receiver listens', { ...this.ports, accounts });
  }

  async stop(): Promise<void> {
    await this.#lifecycle.stop();
  }

  /** Where it listens, once started. */
  get ports(): { readonly tcp?: number; readonly udp?: number; readonly tls?: number } {
    return {
      ...(this.#tcp ? { tcp: this.#tcp.port } : {}),
      ...(this.#udp ? { udp: this.#udp.port } : {}),
      ...(this.#tls ? { tls: this.#tls.port } : {}),
    };
  }

  get counts(): AnsweringCounts {
    return this.#answering.counts;
  }

  /** How many supervised panels are silent now. */
  get silent(): number {
    return this.#answering.silent;
  }

  /** Other panels; connections stay as they are. */
  update(accounts: PanelAccounts): void {
    this.#accounts = accounts;
    this.#answering.update(accounts);
  }

  #tcpListener({ host, port }: Endpoint, tls?: TlsSource): TcpListener {
    return new TcpListener({
      clock: this.#options.clock,
      ...{ host, port },
      ...(tls ? { tls } : {}),
      maxConnections: () =>
        Math.max(LEAST_CONNECTIONS, CONNECTIONS_OF_AN_ACCOUNT * this.#accounts.size),
      answer: (...heard) => this.#answer(...heard),
      onForeign: (address, error) =>
        this.#complaints.warn('a connection is not DC-09', address, { address, error }),
    });
  }

  #answer(frame: Frame, address: string): Buffer | undefined {
    return this.#answering.answer(frame, { address });
  }
}
