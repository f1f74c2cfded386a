import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Caller } from '../access/caller.ts';
import { siteOf } from '../access/network.ts';
import { TooOftenError } from '../access/too-often.ts';
import type { Clock } from '../core/clock.ts';
import { Pace } from './pace.ts';

/** Of a network: fifty consoles open at once within a second. */
const OF_STRANGERS = { atOnce: 300, perSecond: 200 };
/** Of an account: more than it may act at once; a console opens with thirty. What is owed is paid in 7 s, before a client gives up. */
const OF_ACCOUNTS = { atOnce: 150, perSecond: 50, mostOwed: 350 };
/** Of a text that is made for whoever asks; each of these is worth one request more. */
const PART_LENGTH = 128 * 1024;
const READS: ReadonlySet<unknown> = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface WhoAsks {
  /** Undefined of a stranger. */
  callerOf(request: IncomingMessage): Pick<Caller, 'user'> | undefined;
  addressOf(request: IncomingMessage): string;
}

/**
 * Whose turn it is to ask: of strangers it is that of their network, of whoever is known that of the account, over all
 * its connections. What changes something does not wait for what the account reads.
 */
export class Turns {
  readonly #strangers: Pace;
  readonly #accounts: Pace;
  readonly #who: WhoAsks;
  readonly #waitedIn = new WeakMap<ServerResponse, readonly [Pace, string]>();

  constructor(clock: Clock, who: WhoAsks) {
    this.#strangers = new Pace(clock, OF_STRANGERS);
    this.#accounts = new Pace(clock, OF_ACCOUNTS);
    this.#who = who;
  }

  /** Handles each request when it is its turn, which may be now. */
  paced(handle: RequestListener): RequestListener {
    return (request, response) => {
      const [pace, line] = this.#lineOf(request);
      this.#waitedIn.set(response, [pace, line]);
      response.once(
        'close',
        pace.turn(line, () => handle(request, response)),
      );
    };
  }

  /** A text was made for an answer: a long one is worth more than one turn. */
  made(response: ServerResponse, text: string): void {
    const [pace, line] = this.#waitedIn.get(response) ?? [];
    if (line !== undefined) pace?.owe(line, partsOf(text.length));
  }

  /**
   * What a live socket begins with, which does not wait for what the account reads. Returns what to call when it is known
   * how long that was.
   *
   * @throws TooOftenError `too-many-requests`: it does not wait.
   */
  take({ user }: Pick<Caller, 'user'>): (length: number) => void {
    const line = `hellos ${user}`;
    const waitMs = this.#accounts.take(line);
    if (waitMs > 0) throw new TooOftenError('too-many-requests', 'too many at once', waitMs);
    return (length) => this.#accounts.owe(line, partsOf(length));
  }

  #lineOf(request: IncomingMessage): readonly [Pace, string] {
    const caller = this.#who.callerOf(request);
    if (!caller) return [this.#strangers, siteOf(this.#who.addressOf(request))];
    const { user } = caller;
    return [this.#accounts, `${READS.has(request.method) ? 'reads' : 'changes'} ${user}`];
  }
}

const partsOf = (length: number) => Math.floor(length / PART_LENGTH);
