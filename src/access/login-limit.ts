import type { Clock } from '../core/clock.ts';
import { TokenBucket } from '../core/token-bucket.ts';
import { KnownPlaces } from './known-places.ts';
import { networkOf, widerNetworkOf } from './network.ts';
import { Recent } from './recent.ts';
import { loginTooOften } from './too-often.ts';
import { WaitingLine } from './waiting-line.ts';

/** Wrong passwords of one name from one address that cost nothing but the time they take. */
const FREE_FAILURES = 3;
/** The same while the name is guessed at from many places: the first try of a place stays free. */
const FREE_WHEN_GUESSED = 1;
/** Wrong passwords of one name, from places where it never got in, that are guessing. */
const GUESSED_AFTER = 20;
const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 60_000;
/** While the name is guessed at, waits begin where they end otherwise. */
const MAX_WAIT_WHEN_GUESSED_MS = 15 * 60_000;
/** Failures are forgotten this long after the last one. */
const FORGET_MS = 15 * 60_000;
/** Wrong codes of one name after the right password, from all places where it never got in. */
const FREE_CODES = 10;
const FORGET_CODES_MS = 24 * 3_600_000;
/**
 * Passwords that are checked. Each takes 32 MiB for a fifth of a second and one of the four threads that Node has
 * for this, so that those who got in before find one that is free.
 */
const CHECKS = { atOnce: 3, ofOne: 4, waiting: 64, waitMs: 8_000 };
/** For a name where it got in before. */
const KNOWN_CHECKS = { ...CHECKS, atOnce: Number.POSITIVE_INFINITY };
/** Wrong passwords of one address for names that never got in from there. */
const STRANGERS = { atOnce: 30, perSecond: 0.5 };
/** Of each kind of thing remembered; the one that was not touched for longest goes first. */
const MAX_ENTRIES = 10_000;
/** What is kept of a name that somebody typed. */
const MAX_NAME_LENGTH = 64;

/** `right`: they are in. `half`: the password was right and a code is to come, which neither clears nor counts. */
export type Outcome = 'right' | 'half' | 'wrong';

interface Failures {
  count: number;
  blockedUntilMs: number;
}

export interface LoginLimitOptions {
  /** Where somebody got in; failures push nothing out of it. */
  readonly known?: KnownPlaces | undefined;
  /** A name has begun to be guessed at from places where it never got in; told once while that lasts. */
  readonly onGuessed?: (username: string, address: string) => void;
}

/**
 * Slows down guessing, and keeps nobody out who got in from there before, unless who guesses is there too. What is
 * counted, and whom it concerns:
 *
 * - A name from one address: each wrong password after the third doubles the wait, up to a minute.
 *   Whoever is elsewhere is not concerned.
 * - A name from all places where it never got in: after twenty wrong passwords a place has one try, then
 *   waits for a minute and more. So many guessers have one guess each; the owner of the name is let in at the
 *   first try wherever they are, and is not concerned at all where they got in before.
 * - An address, over all names that never got in from it: thirty at once, then one in two seconds. Colleagues
 *   behind the same address (a router, a proxy) who got in from it before are not concerned.
 * - Codes after the right password, over all addresses where the name never got in: after ten wrong ones the wait
 *   doubles, up to a quarter of an hour.
 * - Checks at a time, so that they cannot take the machine: in turn by network. Those who got in before do not wait.
 *
 * A restart forgets failures, and not where somebody got in. Of IPv6 the network (/64) is the address.
 */
export class LoginLimit {
  readonly #clock: Clock;
  readonly #onGuessed: (username: string, address: string) => void;
  /** By name and address. */
  readonly #failures: Recent<Failures>;
  readonly #known: KnownPlaces;
  /** By name. */
  readonly #guesses: Recent<{ count: number }>;
  /** By name: wrong codes after the right password. */
  readonly #codes: Recent<Failures>;
  /** By address. */
  readonly #strangers: Recent<TokenBucket>;
  readonly #checks: WaitingLine;
  readonly #knownChecks: WaitingLine;

  constructor(clock: Clock, { known, onGuessed = () => undefined }: LoginLimitOptions = {}) {
    this.#clock = clock;
    this.#known = known ?? new KnownPlaces(clock);
    this.#onGuessed = onGuessed;
    this.#checks = new WaitingLine(clock, CHECKS);
    this.#knownChecks = new WaitingLine(clock, KNOWN_CHECKS);
    this.#failures = new Recent(clock, { forgetMs: FORGET_MS, max: MAX_ENTRIES });
    this.#guesses = new Recent(clock, { forgetMs: FORGET_MS, max: MAX_ENTRIES });
    this.#codes = new Recent(clock, { forgetMs: FORGET_CODES_MS, max: MAX_ENTRIES });
    this.#strangers = new Recent(clock, { forgetMs: FORGET_MS, max: MAX_ENTRIES });
  }

  /**
   * Waits for a turn to check a password; give the outcome to the function returned.
   *
   * @param gone nobody waits for the answer any more.
   * @throws TooOftenError `login-too-often`.
   */
  async begin(
    address: string,
    username: string,
    gone?: AbortSignal,
  ): Promise<(outcome: Outcome) => void> {
    const place = networkOf(address);
    const name = nameOf(username);
    const pair = `${place} ${name}`;
    const isKnown = this.#known.has(name, place);
    if (this.#blockedMs(pair) > 0) throw loginTooOften(this.#blockedMs(pair));
    const bucket = isKnown ? undefined : this.#takeStranger(place);
    const turn = isKnown
      ? this.#knownChecks.enter(pair, pair)
      : this.#checks.enter(place, widerNetworkOf(address), gone);
    const leave = await turn.catch((error: unknown) => {
      bucket?.giveBack();
      throw error;
    });
    // Others of the pair may have been wrong meanwhile.
    if (this.#blockedMs(pair) > 0) {
      leave();
      bucket?.giveBack();
      throw loginTooOften(this.#blockedMs(pair));
    }
    // Counted as wrong until known otherwise: a hundred attempts at once are a hundred attempts.
    const guesses = isKnown ? 0 : this.#guess(name);
    const isGuessed = guesses > GUESSED_AFTER;
    this.#count(pair, +1, isGuessed);
    if (guesses === GUESSED_AFTER + 1) this.#tell(name, address);
    return (outcome) => {
      leave();
      if (outcome === 'wrong') return;
      bucket?.giveBack();
      if (!isKnown) this.#takeBackGuess(name);
      if (outcome === 'half') this.#count(pair, -1, isGuessed);
      else {
        this.#failures.delete(pair);
        this.#known.note(name, place);
      }
    };
  }

  /**
   * Before a code is looked at. Whoever has somebody's password guesses at the code from as many addresses as they
   * like; the owner is not concerned where they got in before.
   *
   * @throws TooOftenError `login-too-often`.
   */
  beginCode(address: string, username: string): void {
    const name = nameOf(username);
    if (this.#known.has(name, networkOf(address))) return;
    const waitMs = (this.#codes.get(name)?.blockedUntilMs ?? 0) - this.#clock.nowMs();
    if (waitMs > 0) throw loginTooOften(waitMs);
  }

  wrongCode(username: string): void {
    const name = nameOf(username);
    const count = (this.#codes.get(name)?.count ?? 0) + 1;
    const over = count - FREE_CODES;
    const waitMs = over < 0 ? 0 : Math.min(MAX_WAIT_WHEN_GUESSED_MS, FIRST_WAIT_MS * 2 ** over);
    this.#codes.set(name, { count, blockedUntilMs: this.#clock.nowMs() + waitMs });
  }

  #blockedMs(pair: string): number {
    return (this.#failures.get(pair)?.blockedUntilMs ?? 0) - this.#clock.nowMs();
  }

  #takeStranger(place: string): TokenBucket {
    const bucket = this.#strangers.get(place) ?? new TokenBucket(this.#clock, STRANGERS);
    this.#strangers.set(place, bucket);
    const waitMs = bucket.take();
    if (waitMs > 0) throw loginTooOften(waitMs);
    return bucket;
  }

  /** Counts a guess at this name. @returns how many there were of late. */
  #guess(name: string): number {
    const count = (this.#guesses.get(name)?.count ?? 0) + 1;
    this.#guesses.set(name, { count });
    return count;
  }

  /** Whoever is told may fail; the places for checks are not theirs to keep. */
  #tell(name: string, address: string): void {
    try {
      this.#onGuessed(name, address);
    } catch {
      // It is told of again with the next burst; each refusal is recorded besides.
    }
  }

  #takeBackGuess(name: string): void {
    const known = this.#guesses.get(name);
    if (known) this.#guesses.set(name, { count: Math.max(0, known.count - 1) });
  }

  #count(pair: string, change: 1 | -1, isGuessed: boolean): void {
    const count = Math.max(0, (this.#failures.get(pair)?.count ?? 0) + change);
    const blockedUntilMs = this.#clock.nowMs() + waitAfter(count, isGuessed);
    this.#failures.set(pair, { count, blockedUntilMs });
  }
}

function nameOf(username: string): string {
  return username.slice(0, MAX_NAME_LENGTH).toLowerCase();
}

/** How long a name waits at one address after so many wrong passwords. */
function waitAfter(count: number, isGuessed: boolean): number {
  const over = count - (isGuessed ? FREE_WHEN_GUESSED : FREE_FAILURES);
  if (over < 0) return 0;
  const firstMs = isGuessed ? MAX_WAIT_MS : FIRST_WAIT_MS;
  const maxMs = isGuessed ? MAX_WAIT_WHEN_GUESSED_MS : MAX_WAIT_MS;
  return Math.min(maxMs, firstMs * 2 ** Math.min(over, 16));
}
