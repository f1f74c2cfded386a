import { Ending } from '../core/ending.ts';
import type { Caller, Side } from './caller.ts';
import type { TokenUseLog } from './token-uses.ts';
import type { Token, TokenStore } from './tokens.ts';

export interface TokenCallersOptions {
  readonly tokens: TokenStore;
  /** Told of every use of a token that holds. */
  readonly tokenUses?: Pick<TokenUseLog, 'note'> | undefined;
  /** Something depends on a token from now on: look at it regularly. */
  readonly onUse: () => void;
}

/** Who comes with a token, and what they have open: it ends when the token does. */
export class TokenCallers {
  readonly #options: TokenCallersOptions;
  /** What ends with it, by the id of the token. */
  readonly #uses = new Map<string, Ending>();

  constructor(options: TokenCallersOptions) {
    this.#options = options;
  }

  /** Whether anything depends on a token. */
  get isUsed(): boolean {
    return this.#uses.size > 0;
  }

  /** The caller that shows this token, or undefined when the token does not hold. */
  find(secret: string, side: Side, address: string): Caller | undefined {
    const token = this.#options.tokens.authenticate(secret);
    if (!token) return undefined;
    this.#options.tokenUses?.note(token.id);
    return this.#callerOf(token, side, address);
  }

  /** Ends what depends on tokens that no longer hold, also when that cannot be found out. */
  sweep(): void {
    for (const [token, uses] of this.#uses) {
      if (uses.size > 0 && this.#isValid(token)) {
        if (uses.isInUse) this.#options.tokenUses?.note(token);
        continue;
      }
      this.#uses.delete(token);
      uses.run();
    }
  }

  clear(): void {
    this.#uses.clear();
  }

  #isValid(token: string): boolean {
    try {
      return this.#options.tokens.isValid(token);
    } catch {
      return false;
    }
  }

  #callerOf(token: Token, side: Side, address: string): Caller {
    return {
      user: token.name,
      role: token.role,
      ...(token.controlRoom === undefined ? {} : { controlRoom: token.controlRoom }),
      ...(token.sites === undefined ? {} : { sites: token.sites }),
      address,
      side,
      session: `token-${token.id}`,
      onEnd: (listener, isUse) => {
        const uses = this.#uses.get(token.id) ?? new Ending();
        this.#uses.set(token.id, uses);
        this.#options.onUse();
        return uses.add(listener, isUse);
      },
    };
  }
}
