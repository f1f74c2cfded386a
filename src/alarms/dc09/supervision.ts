import { type Clock, MAX_TIMER_MS, type Timer } from '../../core/clock.ts';
import type { PanelAccount, PanelAccounts } from './account.ts';

/** What could not be told is told this long after. */
const AGAIN_MS = 15_000;

/** Told together. When the line is down all panels fall silent, and video must go on meanwhile. */
const TOGETHER = 32;

export interface Silence {
  readonly account: PanelAccount;
  readonly isSilent: boolean;
}

export interface SupervisionOptions {
  readonly clock: Clock;
  /** Tells which panels are silent or speak again; throws when that cannot be recorded. */
  readonly tell: (all: readonly Silence[]) => void;
  /** It threw. */
  readonly onFailure: (account: PanelAccount, error: unknown) => void;
}

interface Watched {
  account: PanelAccount;
  heardMs: number;
  isSilent: boolean;
  /** When there is something to look at next. */
  dueMs: number;
}

/**
 * Knows when each supervised panel was heard last. One that is silent for longer than its interval is
 * told of once, and once more when it speaks again. The interval begins when supervision does: a
 * gateway that was stopped does not blame the panels.
 */
export class Supervision {
  readonly #options: SupervisionOptions;
  readonly #watched = new Map<string, Watched>();
  #timer: Timer | undefined;
  #isRunning = false;

  constructor(options: SupervisionOptions) {
    this.#options = options;
  }

  /** How many are silent now. */
  get silent(): number {
    return [...this.#watched.values()].filter(({ isSilent }) => isSilent).length;
  }

  /** @param silent accounts of which an earlier run has told that they are. */
  start(accounts: PanelAccounts, silent: ReadonlySet<string>): void {
    this.#isRunning = true;
    this.update(accounts);
    for (const number of silent) {
      const watched = this.#watched.get(number);
      if (watched) settle(watched, true);
    }
  }

  stop(): void {
    this.#isRunning = false;
    this.#timer?.cancel();
    this.#watched.clear();
  }

  /** Other accounts, or others of their intervals. What is known of those that stay is kept. */
  update(accounts: PanelAccounts): void {
    const nowMs = this.#options.clock.nowMs();
    for (const number of this.#watched.keys()) {
      if (accounts.get(number)?.supervisionMs === undefined) this.#watched.delete(number);
    }
    for (const account of accounts.values()) {
      if (account.supervisionMs === undefined) continue;
      const { heardMs = nowMs, isSilent = false } = this.#watched.get(account.number) ?? {};
      const watched = { account, heardMs, isSilent, dueMs: 0 };
      settle(watched, isSilent);
      this.#watched.set(account.number, watched);
    }
    this.#wait();
  }

  /** The panel has sent something that was taken. */
  heard({ number }: PanelAccount): void {
    const watched = this.#watched.get(number);
    if (!watched) return;
    watched.heardMs = this.#options.clock.nowMs();
    if (watched.isSilent) {
      this.#tell([watched]);
      this.#wait();
    } else {
      // The timer may fire too early now, and waits for the rest.
      settle(watched, false);
    }
  }

  #look(): void {
    const nowMs = this.#options.clock.nowMs();
    const due = [...this.#watched.values()].filter(({ dueMs }) => dueMs <= nowMs);
    this.#tell(due.slice(0, TOGETHER));
    // The others are due already, and have their turn after whatever else there is to do.
    this.#wait();
  }

  /** That they are not any more as was told last. */
  #tell(all: readonly Watched[]): void {
    const { tell, onFailure, clock } = this.#options;
    try {
      tell(all.map(({ account, isSilent }) => ({ account, isSilent: !isSilent })));
      for (const watched of all) settle(watched, !watched.isSilent);
    } catch (error) {
      for (const watched of all) {
        watched.dueMs = clock.nowMs() + AGAIN_MS;
        onFailure(watched.account, error);
      }
    }
  }

  /** For whoever is due first. */
  #wait(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (!this.#isRunning) return;
    const first = Math.min(...[...this.#watched.values()].map(({ dueMs }) => dueMs));
    if (!Number.isFinite(first)) return;
    const delayMs = Math.min(MAX_TIMER_MS, Math.max(0, first - this.#options.clock.nowMs()));
    this.#timer = this.#options.clock.setTimer(delayMs, () => this.#look());
  }
}

/** One that is silent is waited for without end. */
function settle(watched: Watched, isSilent: boolean): void {
  const { account, heardMs } = watched;
  watched.isSilent = isSilent;
  watched.dueMs = isSilent
    ? Number.POSITIVE_INFINITY
    : heardMs + (account.supervisionMs ?? Number.POSITIVE_INFINITY);
}
