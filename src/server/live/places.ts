import type { Caller } from '../../access/caller.ts';
import { siteOf } from '../../access/network.ts';
import { LiveViewError } from '../../core/errors.ts';

/** Connections of one account, so that no token can take them all. */
export const PER_ACCOUNT = 64;
/** Connections that have not said who they are, of the whole listener and of one address, of IPv6 a /48. */
const STRANGERS = 256;
export const STRANGERS_PER_ADDRESS = 32;

/** Where a connection is counted, until it leaves. */
export interface Place {
  /** It has said who it is. @throws LiveViewError `too-many-viewers`: it stays where it was. */
  giveTo(caller: Caller): void;
  /** Harmless the second time. */
  leave(): void;
}

/**
 * Who takes up the long connections of a listener. Strangers are counted by themselves, so that
 * however many of them wait at the door, whoever comes with a token or a login gets in.
 */
export class Places {
  readonly #strangers = new Map<string, number>();
  readonly #accounts = new Map<string, number>();
  #strangerCount = 0;

  /** @throws LiveViewError `too-many-viewers`. */
  take(address: string, caller: Caller | undefined): Place {
    let leave = caller ? this.#enterAccount(caller) : this.#enterStranger(address);
    let user = caller?.user;
    return {
      giveTo: (known) => {
        if (known.user === user) return;
        const leaveAccount = this.#enterAccount(known);
        leave();
        [leave, user] = [leaveAccount, known.user];
      },
      leave: () => {
        leave();
        leave = () => undefined;
      },
    };
  }

  #enterAccount({ user }: Caller): () => void {
    if ((this.#accounts.get(user) ?? 0) >= PER_ACCOUNT) {
      throw new LiveViewError(
        'too-many-viewers',
        `an account has at most ${PER_ACCOUNT} connections; close others first`,
      );
    }
    return enter(this.#accounts, user);
  }

  #enterStranger(from: string): () => void {
    const site = siteOf(from);
    const here = this.#strangers.get(site) ?? 0;
    if (this.#strangerCount >= STRANGERS || here >= STRANGERS_PER_ADDRESS) {
      throw new LiveViewError(
        'too-many-viewers',
        'too many connections wait for their hello; log in first, or send the token with the upgrade',
      );
    }
    this.#strangerCount += 1;
    const leave = enter(this.#strangers, site);
    return () => {
      this.#strangerCount -= 1;
      leave();
    };
  }
}

/** Counts one more under `key`; returns how to count it out. */
function enter(counts: Map<string, number>, key: string): () => void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
  return () => {
    const left = (counts.get(key) ?? 1) - 1;
    if (left > 0) counts.set(key, left);
    else counts.delete(key);
  };
}
