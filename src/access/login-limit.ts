import type { Clock } from '../core/clock.ts';
import { TokenBucket } from '../core/token-bucket.ts';
import { KnownPlaces } from './known-places.ts';
import { networkOf, widerNetworkOf } from './network.ts';
import { Recent } from './recent.ts';
import { loginTooOften } from './too-often.ts';
import type { User } from './users.ts';
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
/** Wrong codes of one name after the right password, from wherever. */
const FREE_CODES = 10;
const MAX_WAIT_FOR_CODES_MS = 3_600_000;
const FORGET_CODES_MS = 24 * 3_600_000;
/** Wrong passwords and codes of one name where it got in before, until it is unknown there: so many a week, right ones between them or not. */
const WEEK_MS = 7 * 24 * 3_600_000;
const MISTAKES = { atOnce: 30, perSecond: 30 / (WEEK_MS / 1_000) };
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

/**
 * What is guessed: a password, from places where the name never got in; a code, so that the password is known;
 * either of them, where the name got in before, which it has not any more.
 */
export type Guessed = 'password' | 'code' | 'known-place';

/** `right`: they are in. `half`: a code is to come after the right password, or something failed on our side, which neither clears nor counts. */
export type Outcome = 'right' | 'half' | 'wrong';

type CodeOwner = Pick<User, 'username' | 'changedAt'>;

interface Failures {
  count: number;
  blockedUntilMs: number;
}

export interface LoginLimitOptions {
  /** Where somebody got in; failures push nothing out of it. */
  readonly known?: KnownPlaces | undefined;
  /** A name has begun to be guessed at; told once while that lasts. */
  readonly onGuessed?: (username: string, address: string, guessed: Guessed) => void;
}

/**
 * Slows down guessing, and keeps nobody out who got in from there before, unless who guesses is there too: after
 * thirty wrong passwords or codes in a week the name is new there, until somebody gets in. What is counted, and whom it concerns:
 *
 * - A name from one address: each wrong password after the third doubles the wait, up to a minute.
 *   Whoever is elsewhere is not concerned.
 * - A name from all places where it never got in: after twenty wrong passwords a place has one try, then
 *   waits for a minute and more. So many guessers have one guess each; the owner of the name is let in at the
 *   first try wherever they are, and is not concerned at all where they got in before.
 * - An address, over all names that never got in from it: thirty at once, then one in two seconds. Colleagues
 *   behind the same address (a router, a proxy) who got in from it before are not concerned.
 * - Codes after the right password, over all addresses: after ten wrong ones the wait doubles, up to an hour, where
 *   the name never got in.
 * - Checks at a time, so that they cannot take the machine: in turn by network. Those who got in before do not wait.
 *
 * A restart forgets failures, and not where somebody got in. Of IPv6 the network (/64) is the address.
 */
export class LoginLimit {
  readonly #clock: Clock;
  readonly #onGuessed: NonNullable<LoginLimitOptions['onGuessed']>;
  /** By name and address. */
  readonly #failures: Recent<Failures>;
  readonly #known: KnownPlaces;
  /** By name. */
  readonly #guesses: Recent<{ count: number }>;
  /** Wrong codes after the right password, by account as it was since then: a new password begins anew. */
  readonly #codes: Recent<Failures>;
  /** By name and address where it got in. */
  readonly #mistakes: Recent<TokenBucket>;
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
    this.#mistakes = new Recent(clock, { forgetMs: WEEK_MS, max: MAX_ENTRIES });
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
    const known = this.#known.at(name, place);
    const { isKnown } = known;
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
    if (guesses === GUESSED_AFTER + 1) this.#tell(name, address, 'password');
    return (outcome) => {
      leave();
      if (outcome === 'wrong') {
        if (isKnown && this.#isTooMuch(pair) && known.forget()) {
          this.#tell(name, address, 'known-place');
        }
        return;
      }
      bucket?.giveBack();
      if (!isKnown) this.#takeBackGuess(name);
      if (outcome === 'half') this.#count(pair, -1, isGuessed);
      else {
        this.#failures.delete(pair);
        known.note();
      }
    };
  }

  /**
   * Before a code is looked at. Whoever has somebody's password guesses at the code from as many addresses as they
   * like; the owner is not concerned where they got in before.
   *
   * @throws TooOftenError `login-too-often`.
   */
  beginCode(address: string, user: CodeOwner): void {
    if (this.#known.at(nameOf(user.username), networkOf(address)).isKnown) return;
    const waitMs = (this.#codes.get(accountOf(user))?.blockedUntilMs ?? 0) - this.#clock.nowMs();
    if (waitMs > 0) throw loginTooOften(waitMs);
  }

  wrongCode(address: string, user: CodeOwner): void {
    const account = accountOf(user);
    const count = (this.#codes.get(account)?.count ?? 0) + 1;
    const over = count - FREE_CODES;
    const waitMs = over < 0 ? 0 : Math.min(MAX_WAIT_FOR_CODES_MS, FIRST_WAIT_MS * 2 ** over);
    this.#codes.set(account, { count, blockedUntilMs: this.#clock.nowMs() + waitMs });
    if (count === FREE_CODES) this.#tell(user.username, address, 'code');
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

  /** A wrong one, where they got in before. */
  #isTooMuch(pair: string): boolean {
    const bucket = this.#mistakes.get(pair) ?? new TokenBucket(this.#clock, MISTAKES);
    this.#mistakes.set(pair, bucket);
    return bucket.take() > 0;
  }

  /** Whoever is told may fail; the places for checks are not theirs to keep. */
  #tell(name: string, address: string, guessed: Guessed): void {
    try {
      this.#onGuessed(name, address, guessed);
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

function accountOf({ username, changedAt }: CodeOwner): string {
  return `${nameOf(username)} ${changedAt}`;
}

/** How long a name waits at one address after so many wrong passwords. */
function waitAfter(count: number, isGuessed: boolean): number {
  const over = count - (isGuessed ? FREE_WHEN_GUESSED : FREE_FAILURES);
  if (over < 0) return 0;
  const firstMs = isGuessed ? MAX_WAIT_MS : FIRST_WAIT_MS;
  const maxMs = isGuessed ? MAX_WAIT_WHEN_GUESSED_MS : MAX_WAIT_MS;
  return Math.min(maxMs, firstMs * 2 ** Math.min(over, 16));
}
