import { describe, expect, it } from '@jest/globals';
import { PacketMeter } from '../../../src/gateway/doctor/packet-meter.ts';

const START_US = 1_767_225_600_000_000;
const NTP = 2_208_988_800;

describe('what is measured on packets', () => {
  it('is nothing of nothing', () => {
    expect(new PacketMeter().figures()).toEqual({
      packets: 0,
      kbps: 0,
      peakKbps: 0,
      jitterMs: { last: 0, max: 0 },
      senderReports: 0,
    });
  });

  it('the mean rate, and the busiest second wherever it begins', () => {
    const meter = new PacketMeter();
    for (let ms = 0; ms <= 10_000; ms += 20) {
      const isBusy = ms >= 4_500 && ms < 5_500;
      const payload = { length: isBusy ? 20_000 : 2_500 };
      meter.packet({ timestamp: ms * 90, payload }, START_US + ms * 1000);
    }
    const { packets, kbps, peakKbps } = meter.figures();
    expect(packets).toBe(501);
    expect(peakKbps).toBe(8_000);
    expect(kbps).toBeCloseTo(1_702, 0);
  });

  it('jitter as RFC 3550 has it', () => {
    const meter = new PacketMeter();
    // Alternately 10 ms late: each step of the transit time is 10 ms, and the estimate tends to it.
    for (let i = 0; i < 200; i += 1) {
      const lateMs = i % 2 === 0 ? 0 : 10;
      const at = START_US + (i * 40 + lateMs) * 1000;
      meter.packet({ timestamp: (i * 3_600) >>> 0, payload: { length: 1 } }, at);
    }
    const { jitterMs } = meter.figures();
    expect(jitterMs.last).toBeCloseTo(10, 1);
    expect(jitterMs.max).toBeLessThanOrEqual(10);
  });

  it.each([
    ['right', 0, 0],
    ['a quarter of a second ahead', 0.25, 250],
    ['an hour behind', -3_600, -3_600_000],
  ])('the clock of the sender: %s', (_what, aheadS, offsetMs) => {
    const meter = new PacketMeter();
    const unixS = START_US / 1e6 + aheadS;
    const ntpSeconds = Math.floor(unixS) + NTP;
    const ntpFraction = (unixS % 1) * 2 ** 32;
    meter.senderReport({ ntpSeconds, ntpFraction }, START_US);
    expect(meter.figures()).toMatchObject({ clockOffsetMs: offsetMs, senderReports: 1 });
  });

  it.each([0, 5_000, NTP, NTP + 90_000])(
    'no clock of a sender that counts from elsewhere: %i',
    (ntpSeconds) => {
      const meter = new PacketMeter();
      meter.senderReport({ ntpSeconds, ntpFraction: 0 }, START_US);
      expect(meter.figures()).toMatchObject({ senderReports: 1 });
      expect(meter.figures()).not.toHaveProperty('clockOffsetMs');
    },
  );

  it('survives a clock of ours that is set back', () => {
    const meter = new PacketMeter();
    meter.packet({ timestamp: 0, payload: { length: 1 } }, START_US);
    meter.packet({ timestamp: 3_600, payload: { length: 1 } }, START_US - 5_000_000);
    expect(meter.figures()).toMatchObject({ packets: 2, kbps: 0 });
  });
});
