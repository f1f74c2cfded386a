import { CHECKPOINT_KIND, checkpointData, KEY_KIND, keyData, placeOf } from './checkpoint.ts';
import { type AnyEntry, isBare, isOwnKind } from './record.ts';
import { REMOVED_KIND, removedData, signedPart } from './removal.ts';
import { checkpointText, isSigned, keyText, removedText } from './signature.ts';

/** Up to where entries are covered by signatures. */
export interface Signed {
  /** The newest entry that a signature covers. */
  readonly seq: number;
  /** When it was signed, by the gateway's clock. */
  readonly timeUnixUs: number;
  /** The public key. */
  readonly key: string;
  /** Whether it is a key that was kept elsewhere, or one that such a key vouches for. */
  readonly kept: boolean;
}

/**
 * Follows the keys that a journal announces and checks what they sign. Each key is announced by an
 * entry that the one before it signed; a first one signs for itself, so that only a key that was kept
 * elsewhere says whose journal this is.
 */
export class SignatureCheck {
  readonly #kept: ReadonlySet<string>;
  readonly #trusted: Set<string>;
  #key: string | undefined;
  #signed: Signed | undefined;
  #brokenAt: number | undefined;

  /** @param kept public keys that were kept elsewhere. */
  constructor(kept: readonly string[] = []) {
    this.#kept = new Set(kept);
    this.#trusted = new Set(kept);
  }

  /** The newest signature; of a kept key where there is one. */
  get signed(): Signed | undefined {
    return this.#signed;
  }

  /** The entry at which a key took over that the one before it did not sign; undefined when none did. */
  get brokenAt(): number | undefined {
    return this.#brokenAt;
  }

  /** The key that signs now. */
  get key(): string | undefined {
    return this.#key;
  }

  isTrusted(key: string): boolean {
    return this.#trusted.has(key);
  }

  /** @returns what is wrong with it. */
  add(entry: AnyEntry): string | undefined {
    if (!isOwnKind(entry.kind)) return undefined;
    if (isBare(entry)) return 'its content may not be missing';
    if (entry.kind === KEY_KIND) return this.#announced(entry);
    if (entry.kind === REMOVED_KIND) return this.#removed(entry);
    return entry.kind === CHECKPOINT_KIND ? this.#checkpoint(entry) : undefined;
  }

  #announced(entry: AnyEntry): string | undefined {
    const data = keyData(entry);
    if (!data) return 'it announces no key';
    const { key, previous, signature } = data;
    if (previous !== null && previous !== this.#key)
      return 'its key is not vouched for by the last';
    if (!isSigned(keyText(placeOf(entry), key, previous), previous ?? key, signature)) {
      return NOT_SIGNED;
    }
    if (previous === null && this.#key !== undefined) {
      if (this.#kept.size > 0 && !this.#kept.has(key)) return UNVOUCHED;
      this.#brokenAt ??= entry.seq;
    }
    if (previous !== null && this.#trusted.has(previous)) this.#trusted.add(key);
    this.#key = key;
    return undefined;
  }

  #checkpoint(entry: AnyEntry): string | undefined {
    const data = checkpointData(entry);
    if (!data) return 'it holds no signature';
    const { key, signature } = data;
    if (key !== this.#key) return OTHER_KEY;
    if (!isSigned(checkpointText(placeOf(entry), key), key, signature)) return NOT_SIGNED;
    const { seq, timeUnixUs } = entry;
    this.#signed = { seq: seq - 1, timeUnixUs, key, kept: this.#trusted.has(key) };
    return undefined;
  }

  #removed(entry: AnyEntry): string | undefined {
    const data = removedData(entry);
    if (!data) return 'it does not say what was removed, and by whom';
    const { key, signature } = data;
    if (key !== this.#key) return OTHER_KEY;
    return isSigned(removedText(placeOf(entry), key, signedPart(data)), key, signature)
      ? undefined
      : NOT_SIGNED;
  }
}

export const NOT_SIGNED = 'its signature does not hold';
const OTHER_KEY = 'it is signed with a key that was not announced';
const UNVOUCHED =
  'another key takes over, and neither the key before it nor a kept one vouches for it';
