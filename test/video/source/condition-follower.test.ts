import { beforeEach, describe, expect, it } from '@jest/globals';
import { LiveViewError } from '../../../src/core/errors.ts';
import type { Condition } from '../../../src/video/source/condition.ts';
import { ConditionFollower } from '../../../src/video/source/condition-follower.ts';
import type { SourceState } from '../../../src/video/source/state.ts';
import { ManualClock } from '../../support/manual-clock.ts';

let clock: ManualClock;
let told: (Condition | undefined)[];
let follower: ConditionFollower;
let pts90k: number;

beforeEach(() => {
  clock = new ManualClock();
  told = [];
  pts90k = 0;
  follower = new ConditionFollower({
    clock,
    stalledMs: 3_000,
    onChange: (condition) => told.push(condition),
  });
});

const kinds = () => told.map((condition) => condition?.kind);
const connecting = () => follower.source({ kind: 'connecting' });
const failed = (code: string) =>
  follower.source({ kind: 'waiting', error: new LiveViewError(code, 'no'), retryAtMs: 0 });

function playing(): void {
  const sinceUnixUs = clock.unixUs();
  const state: SourceState = { kind: 'playing', sinceUnixUs, transport: 'tcp', codec: 'h264' };
  follower.source(state);
  follower.picture({ pts90k, captureUnixUs: sinceUnixUs });
}

/** @param rate of the camera's clock; 0 stands still. */
function pictures(forMs: number, rate = 1): void {
  for (let passedMs = 0; passedMs < forMs; passedMs += 40) {
    clock.advance(40);
    pts90k += 3_600 * rate;
    follower.picture({ pts90k, captureUnixUs: clock.unixUs() });
  }
}

describe('ConditionFollower', () => {
  it('says nothing twice, and nothing of retries of the same failure', () => {
    connecting();
    failed('camera-unreachable');
    clock.advance(1_000);
    connecting();
    failed('camera-unreachable');
    connecting();
    failed('camera-refused-credentials');
    connecting();
    playing();
    pictures(10_000);
    expect(kinds()).toEqual(['connecting', 'no-connection', 'no-connection', 'ok']);
    expect(told.map((each) => each?.error)).toEqual([
      undefined,
      expect.objectContaining({ code: 'camera-unreachable' }),
      expect.objectContaining({ code: 'camera-refused-credentials' }),
      undefined,
    ]);
    expect(told[2]?.sinceUnixUs).toBe(told[1]?.sinceUnixUs);
  });

  it('says that nothing comes, since the last picture, and at the next one that it is well', () => {
    playing();
    pictures(5_000);
    const lastUnixUs = clock.unixUs();
    clock.advance(2_990);
    expect(kinds()).toEqual(['ok']);
    clock.advance(1_000);
    expect(follower.current).toEqual({ kind: 'stalled', sinceUnixUs: lastUnixUs });
    pictures(40);
    expect(kinds()).toEqual(['ok', 'stalled', 'ok']);
    expect(follower.current?.sinceUnixUs).toBe(clock.unixUs());
  });

  it('dates a connection that broke from the last picture', () => {
    playing();
    pictures(1_000);
    const lastUnixUs = clock.unixUs();
    clock.advance(20_000);
    failed('no-pictures');
    expect(kinds()).toEqual(['ok', 'stalled', 'no-connection']);
    expect(follower.current?.sinceUnixUs).toBe(lastUnixUs);
  });

  it('says that the time of the pictures stands still, though they come', () => {
    playing();
    pictures(1_000);
    const advancedUnixUs = clock.unixUs();
    pictures(4_000, 0);
    expect(follower.current).toEqual({ kind: 'time-frozen', sinceUnixUs: advancedUnixUs });
    pictures(40);
    expect(kinds()).toEqual(['ok', 'time-frozen', 'ok']);
  });

  it('does not take pictures out of order (B-frames) for time that stands still', () => {
    playing();
    for (let group = 0; group < 100; group += 1) {
      for (const step of [4, 2, 1, 3]) {
        clock.advance(40);
        const pts = (group * 4 + step) * 3_600;
        follower.picture({ pts90k: pts, captureUnixUs: clock.unixUs() });
      }
    }
    expect(kinds()).toEqual(['ok']);
  });

  it('says that the clocks move apart, until another connection', () => {
    playing();
    pictures(11 * 60_000, 1.001);
    expect(kinds()).toEqual(['ok', 'clock-drift']);
    failed('camera-closed');
    connecting();
    playing();
    pictures(60_000);
    expect(kinds()).toEqual(['ok', 'clock-drift', 'no-connection', 'ok']);
  });

  it('believes the camera when it says that its signal is lost, and when it is back', () => {
    playing();
    pictures(1_000);
    follower.signalLost(1_767_225_600_500_000);
    expect(follower.current).toEqual({
      kind: 'signal-lost',
      sinceUnixUs: 1_767_225_600_500_000,
    });
    pictures(1_000);
    follower.signalLost(undefined);
    expect(kinds()).toEqual(['ok', 'signal-lost', 'ok']);
  });

  it('goes on believing it over an end and a break of the stream', () => {
    playing();
    follower.signalLost(clock.unixUs());
    follower.source({ kind: 'idle' });
    expect(follower.current).toBeUndefined();
    connecting();
    playing();
    expect(kinds()).toEqual(['ok', 'signal-lost', undefined, 'connecting', 'signal-lost']);
    follower.signalLost(undefined);
    expect(kinds().at(-1)).toBe('ok');
  });

  it('has no timer and nothing to say when nobody pulls', () => {
    connecting();
    expect(clock.timers).toBe(0);
    playing();
    expect(clock.timers).toBe(1);
    follower.source({ kind: 'idle' });
    expect(clock.timers).toBe(0);
    expect(told.at(-1)).toBeUndefined();
    connecting();
    expect(kinds().at(-1)).toBe('connecting');
    playing();
    expect(kinds().at(-1)).toBe('ok');
  });
});
