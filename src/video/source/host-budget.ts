/**
 * How many RTSP sessions one host is asked for at a time. Cameras and recorders serve a few; whoever asks
 * for one more gets 453, or worse: some recorders drop another session for it.
 */
import type { Clock } from '../../core/clock.ts';
import { withDeadline } from '../../core/deadline.ts';
import { LiveViewError, TimeoutError } from '../../core/errors.ts';

export interface HostBudgetOptions {
  clock: Clock;
  /** Sessions to one host. */
  limit: number;
  /** How long a session is waited for. */
  waitMs?: number;
}

/** Longer than a pull without viewers is kept, so that a change of camera succeeds on a full recorder. */
const WAIT_MS = 15_000;
/** A recorder that said it is full may have served somebody else: it is believed for so long. */
const BELIEVED_MS = 60_000;

interface Host {
  open: number;
  /** What the host said it can take, and until when that counts. */
  learnt: number;
  learntUntilMs: number;
  /** First come, first served. */
  readonly waiting: Set<() => void>;
}

export class HostBudget {
  readonly #options: HostBudgetOptions;
  readonly #hosts = new Map<string, Host>();

  constructor(options: HostBudgetOptions) {
    this.#options = options;
  }

  /** Hosts of which something is known. */
  get hosts(): number {
    return this.#hosts.size;
  }

  /**
   * Takes one session of the host; the function that is returned gives it back, once.
   *
   * @throws LiveViewError `host-busy` when none is given back in time; the signal's reason.
   */
  async take(name: string, signal?: AbortSignal): Promise<() => void> {
    const host = this.#host(name);
    if (this.#hasRoom(host)) host.open += 1;
    else await this.#wait(name, host, signal);
    let isGiven = false;
    return () => {
      if (!isGiven) this.#give(name, host);
      isGiven = true;
    };
  }

  /** The host has refused the session that somebody holds: as many as there are beside it is all it can. */
  full(name: string): void {
    const host = this.#host(name);
    host.learnt = Math.max(1, host.open - 1);
    host.learntUntilMs = this.#options.clock.nowMs() + BELIEVED_MS;
  }

  #host(name: string): Host {
    const known = this.#hosts.get(name);
    if (known) return known;
    // What was learnt of hosts that are asked no more is not kept for ever.
    for (const [other, host] of this.#hosts) this.#forgetIdle(other, host);
    const host: Host = { open: 0, learnt: 0, learntUntilMs: -1, waiting: new Set() };
    this.#hosts.set(name, host);
    return host;
  }

  #hasRoom(host: Host): boolean {
    const { limit } = this.#options;
    return host.open < (this.#isBelieved(host) ? Math.min(limit, host.learnt) : limit);
  }

  #isBelieved(host: Host): boolean {
    return this.#options.clock.nowMs() < host.learntUntilMs;
  }

  /** Nobody has or wants a session, and it has taught nothing that counts. */
  #forgetIdle(name: string, host: Host): void {
    if (host.open > 0 || host.waiting.size > 0 || this.#isBelieved(host)) return;
    this.#hosts.delete(name);
  }

  /** Until somebody's session is handed over. */
  async #wait(name: string, host: Host, signal: AbortSignal | undefined): Promise<void> {
    const { clock, waitMs = WAIT_MS } = this.#options;
    let handOver: () => void = () => undefined;
    const turn = new Promise<void>((resolve) => {
      handOver = resolve;
    });
    host.waiting.add(handOver);
    try {
      await withDeadline(clock, name, waitMs, () => turn, signal);
    } catch (error) {
      // Handed over in the moment of giving up: to the next.
      if (!host.waiting.delete(handOver)) this.#give(name, host);
      throw error instanceof TimeoutError ? busy(name, host.open) : error;
    }
  }

  /** To the one who waits longest, before anybody new can come. */
  #give(name: string, host: Host): void {
    host.open -= 1;
    const [first] = host.waiting;
    if (first && this.#hasRoom(host)) {
      host.open += 1;
      host.waiting.delete(first);
      first();
    } else this.#forgetIdle(name, host);
  }
}

function busy(host: string, open: number): LiveViewError {
  return new LiveViewError(
    'host-busy',
    `${host} serves ${open} streams to this gateway already, and is asked for no more: close a picture of ` +
      'another of its cameras, or raise gateway.sessionsPerHost if the device can take it',
    { context: { host, open } },
  );
}
