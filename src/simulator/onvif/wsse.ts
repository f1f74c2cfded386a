/**
 * WS-Security UsernameToken with PasswordDigest (ONVIF Core §5.9.3; WSS UsernameToken Profile 1.0 §3.1).
 *
 *   Digest = Base64( SHA-1( nonce + created + password ) )
 */
import { createHash } from 'node:crypto';
import type { Credentials } from '../../core/secret.ts';
import { equalText } from './equal-text.ts';
import { find, textOf, type XmlElement } from './xml.ts';

export type TokenVerdict = 'accepted' | 'absent' | 'wrong' | 'outside-clock-window' | 'replayed';

const MAX_NONCES = 4_096;

export class UsernameTokenCheck {
  readonly #credentials: Credentials;
  readonly #windowMs: number;
  /** Nonce to the moment at which its token leaves the clock window, oldest first. */
  readonly #seen = new Map<string, number>();

  /** @param windowMs how far `Created` may be from the device's clock, either way. */
  constructor(credentials: Credentials, windowMs: number) {
    this.#credentials = credentials;
    this.#windowMs = windowMs;
  }

  /** @param nowMs the device's own idea of the time, Unix ms. */
  verify(header: XmlElement | undefined, nowMs: number): TokenVerdict {
    const token = find(header, 'Security', 'UsernameToken');
    if (!token) return 'absent';
    const nonce = textOf(token, 'Nonce') ?? '';
    const created = textOf(token, 'Created') ?? '';
    if (!this.#matches(token, nonce, created)) return 'wrong';
    const createdMs = Date.parse(created);
    if (!(Math.abs(nowMs - createdMs) <= this.#windowMs)) return 'outside-clock-window';
    return this.#remember(nonce, createdMs, nowMs) ? 'accepted' : 'replayed';
  }

  #matches(token: XmlElement, nonce: string, created: string): boolean {
    const password = find(token, 'Password');
    if (!password?.attributes.get('Type')?.endsWith('#PasswordDigest')) return false;
    const expected = createHash('sha1')
      .update(Buffer.from(nonce, 'base64'))
      .update(created)
      .update(this.#credentials.password.reveal())
      .digest('base64');
    const sameName = equalText(textOf(token, 'Username') ?? '', this.#credentials.username);
    return equalText(password.text, expected) && sameName;
  }

  /** False when this nonce was used before. Only tokens with the right password get here. */
  #remember(nonce: string, createdMs: number, nowMs: number): boolean {
    for (const [old, untilMs] of this.#seen) {
      if (untilMs < nowMs || this.#seen.size >= MAX_NONCES) this.#seen.delete(old);
    }
    if (this.#seen.has(nonce)) return false;
    this.#seen.set(nonce, createdMs + this.#windowMs);
    return true;
  }
}
