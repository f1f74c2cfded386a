import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  HOLD_TIMEOUT_MS,
  MOVE_EXPIRES_MS,
  Movement,
  RESEND_MS,
} from '../../src/liveview/movement.ts';
import { ManualClock } from '../support/manual-clock.ts';

describe('a movement', () => {
  let clock: ManualClock;
  let log: string[];
  let heldAtMs: number;
  let refuse: boolean;
  let movement: Movement;
  beforeEach(() => {
    clock = new ManualClock();
    log = [];
    heldAtMs = 0;
    refuse = false;
    movement = new Movement({
      clock,
      velocity: { pan: 1 },
      send: async (velocity, expiresMs) => {
        log.push(`${clock.nowMs()} ${JSON.stringify(velocity)} ${expiresMs}`);
        if (refuse) throw new Error('refused');
      },
      heldAtMs: () => heldAtMs,
      onLost: () => log.push(`${clock.nowMs()} lost`),
      onFault: () => log.push(`${clock.nowMs()} fault`),
    });
  });

  it('is lost when nobody has held it for 600 ms', async () => {
    await movement.run();
    await clock.advanceAsync(HOLD_TIMEOUT_MS - 1);
    expect(log).toEqual([`0 {"pan":1} ${MOVE_EXPIRES_MS}`]);
    await clock.advanceAsync(1);
    expect(log.at(-1)).toBe('600 lost');
  });

  it('is sent again before the camera would stop by itself, as long as it is held', async () => {
    await movement.run();
    for (let ms = 0; ms < 5_000; ms += 300) {
      await clock.advanceAsync(300);
      heldAtMs = clock.nowMs();
    }
    const sent = log.map((line) => Number.parseInt(line, 10));
    expect(sent).toEqual([0, 1_000, 2_000, 3_000, 4_000, 5_000]);
    expect(RESEND_MS).toBeLessThan(MOVE_EXPIRES_MS);
    await clock.advanceAsync(600);
    expect(log.at(-1)).toBe('5700 lost');
  });

  it('tells when the camera takes the velocity no more', async () => {
    await movement.run();
    refuse = true;
    for (let ms = 0; ms < 1_200; ms += 300) {
      heldAtMs = clock.nowMs();
      await clock.advanceAsync(300);
    }
    expect(log.at(-1)).toBe('1000 fault');
  });

  it('rejects when the camera does not take the first velocity', async () => {
    refuse = true;
    await expect(movement.run()).rejects.toThrow('refused');
  });

  it('is silent after it was halted, and cannot be begun then', async () => {
    await movement.run();
    movement.halt();
    await clock.advanceAsync(5_000);
    expect(log).toHaveLength(1);
    expect(clock.timers).toBe(0);
    await expect(movement.run()).rejects.toMatchObject({ code: 'aborted' });
  });
});
