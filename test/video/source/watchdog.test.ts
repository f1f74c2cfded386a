import { describe, expect, it } from '@jest/globals';
import { Watchdog } from '../../../src/video/source/watchdog.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function watchdog() {
  const clock = new ManualClock();
  let [pictures, bites] = [0, 0];
  const made = new Watchdog({
    clock,
    timeoutMs: 10_000,
    count: () => pictures,
    expired: () => {
      bites += 1;
    },
  });
  const picture = () => {
    pictures += 1;
  };
  return { made, clock, picture, bites: () => bites };
}

describe('Watchdog', () => {
  it('bites once after the term without a sign of life', () => {
    const { clock, bites } = watchdog();
    clock.advance(9_999);
    expect(bites()).toBe(0);
    clock.advance(50_000);
    expect(bites()).toBe(1);
  });

  it('waits while there are signs of life', () => {
    const { clock, picture, bites } = watchdog();
    for (let i = 0; i < 20; i += 1) {
      picture();
      clock.advance(9_000);
    }
    expect(bites()).toBe(0);
    clock.advance(12_500);
    expect(bites()).toBe(1);
  });

  it('never bites after it was stopped', () => {
    const { made, clock, bites } = watchdog();
    made.stop();
    clock.advance(60_000);
    expect(bites()).toBe(0);
    expect(clock.timers).toBe(0);
  });
});
