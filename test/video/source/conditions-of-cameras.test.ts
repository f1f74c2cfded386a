/** What is said of cameras that send nothing, old times or wrong ones, over real sockets. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rtspResponse } from '../../../src/video/rtsp/message.ts';
import type { Condition } from '../../../src/video/source/condition.ts';
import { ConditionFollower } from '../../../src/video/source/condition-follower.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { pullFrom, started } from '../../support/pulled-source.ts';
import { IDR, PPS, ScriptedRtspPeer, SLICE, SPS } from '../../support/scripted-rtsp-peer.ts';
import { until } from '../../support/until.ts';

let clock: ManualClock;
let camera: ScriptedRtspPeer;
let told: (Condition | undefined)[];
let received: number;
let stop: () => Promise<void>;

beforeEach(() => {
  clock = new ManualClock();
  told = [];
  received = 0;
});

afterEach(async () => {
  await stop();
  await camera.stop();
});

async function pull(answers: Parameters<typeof ScriptedRtspPeer.start>[0] = {}): Promise<void> {
  camera = await ScriptedRtspPeer.start(answers);
  const follower = new ConditionFollower({
    clock,
    stalledMs: 3_000,
    onChange: (condition) => told.push(condition),
  });
  const { source } = pullFrom(() => camera.url(), {
    clock,
    onState: (state) => follower.source(state),
    sink: {
      parameterSets: () => undefined,
      accessUnit: (unit) => {
        received += 1;
        follower.picture(unit);
      },
      discontinuity: () => undefined,
    },
  });
  stop = () => source.stop();
}

/** One picture that has arrived, a second after the last. */
async function picture(timestamp: number): Promise<void> {
  clock.advance(1_000);
  const before = received;
  camera.connection.picture(timestamp, before === 0 ? [SPS, PPS, IDR] : [SLICE]);
  await until('the picture', () => received > before);
}

const kinds = () => told.map((condition) => condition?.kind);

describe('a camera', () => {
  it('that stops sending, goes on, and stops for good', async () => {
    await pull();
    await started(camera);
    await picture(0);
    await picture(90_000);
    clock.advance(4_000);
    await picture(6 * 90_000);
    await until('the end of the connection', () => {
      if (kinds().includes('no-connection')) return true;
      clock.advance(500);
      return false;
    });
    expect(kinds()).toEqual(['connecting', 'ok', 'stalled', 'ok', 'stalled', 'no-connection']);
    expect(told.at(-1)?.error).toMatchObject({ code: 'no-pictures' });
    expect(told.at(-1)?.sinceUnixUs).toBe(told.at(-2)?.sinceUnixUs);
  });

  it('that goes on sending with the same timestamp', async () => {
    await pull();
    await started(camera);
    await picture(0);
    await picture(90_000);
    for (let i = 0; i < 4; i += 1) await picture(90_000);
    await picture(2 * 90_000);
    expect(kinds()).toEqual(['connecting', 'ok', 'time-frozen', 'ok']);
  });

  it('whose clock runs a hundredth slow', async () => {
    await pull();
    await started(camera);
    for (let second = 0; second < 75; second += 1) await picture(second * 0.99 * 90_000);
    expect(kinds()).toEqual(['connecting', 'ok', 'clock-drift']);
  });

  it('that refuses the password', async () => {
    await pull({ DESCRIBE: () => rtspResponse(401) });
    await until('the refusal', () => kinds().includes('no-connection'));
    expect(told.at(-1)?.error).toMatchObject({ code: 'camera-refused-credentials' });
    expect(kinds()).toEqual(['connecting', 'no-connection']);
  });
});
