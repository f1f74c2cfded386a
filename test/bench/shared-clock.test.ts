import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { sharedClock, unixOffsetUs } from '../../bench/shared-clock.ts';

describe('the clock of camera and viewer', () => {
  it('is the same in another process, to the microsecond', () => {
    const clock = sharedClock(0);
    const before = clock.unixUs();
    const there = Number(
      execFileSync(process.execPath, ['-p', 'String(process.hrtime.bigint() / 1000n)']),
    );
    expect(there).toBeGreaterThan(before);
    expect(there).toBeLessThan(clock.unixUs());
  });

  it('shows Unix time', () => {
    const clock = sharedClock(unixOffsetUs());
    expect(Math.abs(clock.unixUs() / 1_000 - Date.now())).toBeLessThan(1_000);
  });
});
