import { describe, expect, it } from '@jest/globals';
import {
  fromBase32,
  matchingStep,
  otpauthUrl,
  toBase32,
  totpCode,
  totpStep,
} from '../../src/access/totp.ts';

/** RFC 6238 appendix B, for SHA-1; six digits are the last six of its eight. */
const SECRET = Buffer.from('12345678901234567890');
const VECTORS = [
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
] as const;

describe('codes of time', () => {
  it.each(VECTORS)('are those of RFC 6238 at %d s', (seconds, code) => {
    expect(totpCode(SECRET, totpStep(seconds * 1000))).toBe(code.slice(-6));
  });

  it.each([
    [-60_000, false],
    [-30_000, true],
    [0, true],
    [30_000, true],
    [60_000, false],
  ])('of a clock that differs by %d ms are right: %s', (differenceMs, isRight) => {
    const unixMs = 1_234_567_890_000;
    const code = totpCode(SECRET, totpStep(unixMs + differenceMs));
    const found = matchingStep(SECRET, code, { unixMs, lastStep: 0 });
    expect(found).toBe(isRight ? totpStep(unixMs + differenceMs) : undefined);
  });

  it('are none any more once they were used, nor are those before', () => {
    const unixMs = 1_234_567_890_000;
    const now = totpStep(unixMs);
    const at = (step: number) =>
      matchingStep(SECRET, totpCode(SECRET, step), { unixMs, lastStep: now });
    expect(at(now - 1)).toBeUndefined();
    expect(at(now)).toBeUndefined();
    expect(at(now + 1)).toBe(now + 1);
  });

  it.each(['', '12345', '1234567', '12345a', '１２３４５６', ' 12345'])('are not %j', (code) => {
    expect(matchingStep(SECRET, code, { unixMs: 59_000, lastStep: 0 })).toBeUndefined();
  });

  it('have a secret in the base32 of RFC 4648', () => {
    expect(toBase32(Buffer.from('foobar'))).toBe('MZXW6YTBOI');
    expect(toBase32(SECRET)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    expect(fromBase32('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')).toEqual(SECRET);
  });

  it('have an address that apps read', () => {
    expect(otpauthUrl('GEZD', 'olga@x', 'Live View')).toBe(
      'otpauth://totp/Live%20View:olga%40x?secret=GEZD&issuer=Live%20View',
    );
  });
});
