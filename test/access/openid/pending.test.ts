import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PENDING_MS, PendingLogins } from '../../../src/access/openid/pending.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const EXPIRED = expect.objectContaining({ code: 'openid-expired' });

function begun() {
  const clock = new ManualClock();
  const logins = new PendingLogins(clock);
  const { pending, cookie } = logins.begin();
  return { clock, logins, pending, cookie: cookie.reveal() };
}

describe('a login that is under way', () => {
  it('comes back to the browser that has its cookie, with what it began with', () => {
    const { logins, pending, cookie } = begun();
    expect(logins.take(cookie, pending.state)).toMatchObject(pending);
  });

  it('is used once', () => {
    const { logins, pending, cookie, clock } = begun();
    logins.take(cookie, pending.state);
    expect(() => logins.take(cookie, pending.state)).toThrow(EXPIRED);
    clock.advance(PENDING_MS - 1);
    expect(() => logins.take(cookie, pending.state)).toThrow(EXPIRED);
    clock.advance(PENDING_MS);
    expect(() => logins.take(cookie, pending.state)).toThrow(EXPIRED);
  });

  it('is over after ten minutes, and not before', () => {
    const { logins, pending, cookie, clock } = begun();
    clock.advance(PENDING_MS - 1);
    expect(logins.take(cookie, pending.state)).toMatchObject(pending);
    const next = logins.begin();
    clock.advance(PENDING_MS);
    expect(() => logins.take(next.cookie.reveal(), next.pending.state)).toThrow(EXPIRED);
  });

  it('is not that of another cookie, of another state, or of another process', () => {
    const { logins, pending, cookie, clock } = begun();
    const other = logins.begin();
    expect(() => logins.take(other.cookie.reveal(), pending.state)).toThrow(EXPIRED);
    expect(() => logins.take(cookie, other.pending.state)).toThrow(EXPIRED);
    expect(() => logins.take(cookie, '')).toThrow(EXPIRED);
    expect(() => new PendingLogins(clock).take(cookie, pending.state)).toThrow(EXPIRED);
    // None of that used it up.
    expect(logins.take(cookie, pending.state)).toMatchObject(pending);
  });

  it('is not to be read or guessed', () => {
    const { pending, cookie, logins } = begun();
    const bytes = Buffer.from(cookie, 'base64url').toString('latin1');
    for (const value of Object.values(pending)) {
      expect(value).toMatch(/^[\w-]{43}$/);
      expect(bytes).not.toContain(value);
    }
    const all = Array.from({ length: 100 }, () => Object.values(logins.begin().pending)).flat();
    expect(new Set(all).size).toBe(300);
  });

  it('is nothing when its cookie was changed, in whatever way', () => {
    const { logins, pending, cookie } = begun();
    const bytes = Buffer.from(cookie, 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => logins.take(changed.toString('base64url'), pending.state)).toThrow(EXPIRED);
      const cut = bytes.subarray(0, at).toString('base64url');
      expect(() => logins.take(cut, pending.state)).toThrow(EXPIRED);
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => {
        expect(() => logins.take(text, pending.state)).toThrow(EXPIRED);
      }),
    );
    expect(logins.take(cookie, pending.state)).toMatchObject(pending);
  });
});
