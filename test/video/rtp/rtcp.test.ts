import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LiveViewError } from '../../../src/core/errors.ts';
import { parseRtcp, type RtcpPacket, serializeRtcp } from '../../../src/video/rtp/rtcp.ts';

const report = {
  ssrc: 0xdeadbeef,
  fractionLost: 200,
  cumulativeLost: -3,
  highestSequence: 0x0001fffe,
  jitter: 90,
  lastSr: 0x89abcdef,
  delaySinceLastSr: 65_536,
};
const compound: RtcpPacket[] = [
  {
    type: 'sr',
    ssrc: 1,
    ntpSeconds: 0xe9000000,
    ntpFraction: 0x80000000,
    rtpTimestamp: 0xfffffff0,
    packets: 10,
    octets: 1_000,
    reports: [report],
  },
  { type: 'rr', ssrc: 2, reports: [report, report] },
  {
    type: 'sdes',
    chunks: [
      { ssrc: 1, cname: 'a' },
      { ssrc: 2, cname: 'abc' },
    ],
  },
  { type: 'bye', ssrcs: [1, 2], reason: 'done' },
  { type: 'bye', ssrcs: [3], reason: '' },
];

describe('RTCP', () => {
  it('reads back what it wrote', () => {
    expect(parseRtcp(serializeRtcp(compound))).toEqual(compound);
  });

  it('writes a receiver report as RFC 3550 §6.4.2 draws it', () => {
    const bytes = serializeRtcp([{ type: 'rr', ssrc: 2, reports: [report] }]);
    expect(bytes.toString('hex')).toBe(
      '81c9000700000002deadbeefc8fffffd0001fffe0000005a89abcdef00010000',
    );
  });

  it('skips types it does not know', () => {
    const feedback = Buffer.from('81ce00020000000100000002', 'hex');
    const goodbye = serializeRtcp([{ type: 'bye', ssrcs: [1], reason: '' }]);
    expect(parseRtcp(Buffer.concat([feedback, goodbye]))).toHaveLength(1);
  });

  it('refuses a packet that is longer than what came', () => {
    expect(() => parseRtcp(Buffer.from('80c8000600000001', 'hex'))).toThrow(
      expect.objectContaining({ code: 'truncated' }),
    );
    expect(() => parseRtcp(Buffer.from('00c80000', 'hex'))).toThrow(
      expect.objectContaining({ code: 'rtcp-malformed' }),
    );
  });

  it('throws nothing but typed errors', () => {
    const whole = serializeRtcp(compound);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
        const bytes = Buffer.from(whole);
        bytes[at] = value;
        try {
          parseRtcp(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(LiveViewError);
        }
      }),
    );
  });
});
