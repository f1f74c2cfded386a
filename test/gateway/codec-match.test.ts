import { describe, expect, it } from '@jest/globals';
import { decodes } from '../../src/gateway/codec-match.ts';

describe('what a player decodes', () => {
  it.each([
    [['avc1.640028'], 'avc1.640028', true],
    [['avc1.640028'], 'avc1.42c01e', true],
    [['avc1.42e01f'], 'avc1.640033', true],
    [['avc1.640028'], 'avc3.4d401f', true],
    [['avc1'], 'avc1.64001f', true],
    [['avc1.640028'], 'avc1.f4000d', false],
    [['avc1.f40028'], 'avc1.f4000d', true],
    [['avc1.640028'], 'hvc1.1.6.L93.90', false],
    [['hvc1.1.6.L120.b0'], 'hvc1.1.6.L153.90', true],
    [['hev1.1.6.L120.b0'], 'hvc1.1.6.L93.90', true],
    [['HVC1.2.4.L120.B0'], 'hvc1.1.6.L93.90', true],
    [['hvc1.1.6.L120.b0'], 'hvc1.2.4.L93.90', false],
    [['avc1.640028', 'hvc1.2.4.L120.b0'], 'hvc1.2.4.L93.90', true],
    [['hvc1'], 'hvc1.1.6.L93.90', true],
    [['hvc1.1.6.L120.b0'], 'avc1.640028', false],
    [['vp09.00.10.08'], 'avc1.640028', false],
    [['mp4a.40.2', 'nonsense', ''], 'hvc1.1.6.L93.90', false],
  ])('%j: %s: %s', (offered, codec, expected) => {
    expect(decodes(offered, codec)).toBe(expected);
  });

  it('is H.264 when it does not say', () => {
    expect(decodes([], 'avc1.640028')).toBe(true);
    expect(decodes([], 'hvc1.1.6.L93.90')).toBe(false);
  });
});
