import type { Clock } from '../core/clock.ts';
import { TooOftenError } from './too-often.ts';

/** Wrong passwords that cost nothing but the time they take. */
const FREE_FAILURES = 3;
const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 60_000;
/** Failures are forgotten this long after the last one. */
const FORGET_MS = 15 * 60_000;
/** Passwords being checked for one address at a time; each takes 32 MiB for a fifth of a second. */
const MAX_CHECKS = 4;
/** Pairs that are remembered; the oldest is forgotten first. */
const MAX_ENTRIES = 10_000;

interface Entry {
  failures: number;
  lastMs: number;
  blockedUntilMs: number;
}

/**
 * Slows down guessing. What is counted is a user name tried from one address, so that nobody can
 * keep a colleague out from elsewhere; each wrong password after the third doubles the wait.
 */
export class LoginLimit {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  readonly #checks = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Takes a place for one check of a password; give the outcome to the function returned.
   *
   * @throws TooOftenError `login-too-often`.
   */
  begin(address: string, username: string): (succeeded: boolean) => void {
    const key = `${address} ${username.toLowerCase()}`;
    const waitMs = (this.#entries.get(key)?.blockedUntilMs ?? 0) - this.#clock.nowMs();
    if (waitMs > 0) throw tooOften(waitMs);
    const checks = this.#checks.get(address) ?? 0;
    if (checks >= MAX_CHECKS) throw tooOften(FIRST_WAIT_MS);
    this.#checks.set(address, checks + 1);
    // Counted as wrong until known otherwise: a hundred attempts at once are a hundred attempts.
    this.#failed(key);
    return (succeeded) => {
      const left = (this.#checks.get(address) ?? 1) - 1;
      if (left > 0) this.#checks.set(address, left);
      else this.#checks.delete(address);
      if (succeeded) this.#entries.delete(key);
    };
  }

  #failed(key: string): void {
    const nowMs = this.#clock.nowMs();
    const known = this.#entries.get(key);
    const failures = known && nowMs - known.lastMs < FORGET_MS ? known.failures + 1 : 1;
    const over = failures - FREE_FAILURES;
    const waitMs = over < 0 ? 0 : Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(over, 16));
    this.#entries.delete(key);
    this.#entries.set(key, { failures, lastMs: nowMs, blockedUntilMs: nowMs + waitMs });
    if (this.#entries.size > MAX_ENTRIES) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}

function tooOften(waitMs: number): TooOftenError {
  return new TooOftenError('login-too-often', 'too many attempts', waitMs);
}
