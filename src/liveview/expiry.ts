import type { Clock, Timer } from '../core/clock.ts';
import { GATEWAY_ACTOR } from '../journal/record.ts';
import type { Happening, Ledger } from './ledger.ts';
import { MINUTE_MS } from './local-time.ts';
import type { Shares } from './shares.ts';

/** The longest wait between two looks: the wall clock may be stepped, timers do not notice. */
const LOOK_MS = 1_000;

/** Strikes off grants whose time has run out. That they no longer count is checked at every use. */
export class Expiry {
  readonly #clock: Clock;
  readonly #ledger: Ledger;
  readonly #shares: Shares;
  readonly #onTick: () => void;
  readonly #strikeOut: () => void;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: {
    clock: Clock;
    ledger: Ledger;
    shares: Shares;
    onTick: () => void;
    /** What the rules of owners cover no more. */
    strikeOut: () => void;
  }) {
    this.#clock = options.clock;
    this.#ledger = options.ledger;
    this.#shares = options.shares;
    this.#onTick = options.onTick;
    this.#strikeOut = options.strikeOut;
  }

  /** Sets the timer for the grant that ends first; none when nothing is shared. */
  schedule(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const leftMs = this.#nextMs();
    if (this.#stopped || leftMs === undefined) return;
    const waitMs = Math.min(LOOK_MS, Math.max(Math.ceil(leftMs), 0), this.#toNextMinuteMs());
    this.#timer = this.#clock.setTimer(waitMs, () => this.check());
  }

  /** Ends what has run out, tells `onTick` first, so that it ends by its own reason. */
  check(): void {
    this.#onTick();
    const expired = [...this.#ledger.state.incidents.values()].flatMap(({ id, grants }) =>
      grants
        .filter((grant) => this.#shares.isExpired(grant))
        .map(({ controlRoom }): Happening => {
          const data = { controlRoom };
          return { kind: 'grant.expired', actor: GATEWAY_ACTOR, incident: id, data };
        }),
    );
    this.#ledger.concludeAll(expired);
    this.#strikeOut();
    this.schedule();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  /** The hours of owners begin and end with a minute. */
  #toNextMinuteMs(): number {
    return Math.ceil(MINUTE_MS - ((this.#clock.unixUs() / 1000) % MINUTE_MS));
  }

  #nextMs(): number | undefined {
    let next: number | undefined;
    for (const { grants } of this.#ledger.state.incidents.values()) {
      for (const grant of grants) next = Math.min(next ?? Infinity, this.#shares.leftMs(grant));
    }
    return next;
  }
}
