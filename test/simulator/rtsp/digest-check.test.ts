import { describe, expect, it } from '@jest/globals';
import { authorization, chooseChallenge } from '../../../src/core/http-auth.ts';
import { Secret } from '../../../src/core/secret.ts';
import { DigestCheck } from '../../../src/simulator/rtsp/digest-check.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const CREDENTIALS = { username: 'liveview', password: new Secret('pässword') };
const URI = 'rtsp://192.0.2.1/shop-1/main';

function check(clock = new ManualClock()) {
  return new DigestCheck(clock, CREDENTIALS, 'camera', 10_000);
}

function signed(challenges: string[], changes: { password?: string; username?: string } = {}) {
  const challenge = chooseChallenge(challenges);
  if (!challenge) throw new Error('no challenge');
  const { username = 'liveview', password = 'pässword' } = changes;
  return authorization({
    challenge,
    credentials: { username, password: new Secret(password) },
    method: 'PLAY',
    uri: URI,
    nonceCount: 1,
    cnonce: '00',
  });
}

describe('Digest at the camera', () => {
  it('offers SHA-256 first and MD5 last', () => {
    const [first, last] = check().challenges(false);
    expect(first).toContain('algorithm=SHA-256');
    expect(last).toContain('algorithm=MD5');
  });

  it.each(['SHA-256', 'MD5'])('accepts %s', (algorithm) => {
    const digest = check();
    const offers = digest.challenges(false).filter((offer) => offer.includes(`=${algorithm}`));
    expect(digest.verify(signed(offers), 'PLAY')).toBe('accepted');
  });

  it('refuses a wrong password, name or method, Basic, nothing and nonsense', () => {
    const digest = check();
    const offers = digest.challenges(false);
    expect(digest.verify(signed(offers, { password: 'password' }), 'PLAY')).toBe('wrong');
    expect(digest.verify(signed(offers, { username: 'admin' }), 'PLAY')).toBe('wrong');
    expect(digest.verify(signed(offers), 'TEARDOWN')).toBe('wrong');
    expect(digest.verify('Basic bGl2ZXZpZXc6cMOkc3N3b3Jk', 'PLAY')).toBe('wrong');
    expect(digest.verify(undefined, 'PLAY')).toBe('wrong');
    expect(digest.verify('Digest ====', 'PLAY')).toBe('wrong');
  });

  it('calls a nonce stale that is old, or not of this connection', () => {
    const clock = new ManualClock();
    const digest = check(clock);
    const answer = signed(digest.challenges(false));
    clock.advance(10_001);
    expect(digest.verify(answer, 'PLAY')).toBe('stale');
    expect(digest.verify(signed(check().challenges(false)), 'PLAY')).toBe('stale');
    expect(digest.challenges(true)[0]).toContain('stale=TRUE');
  });
});
