import { describe, expect, it } from '@jest/globals';
import { Keepalive } from '../../../src/video/rtsp/keepalive.ts';
import { type RtspResponse, rtspResponse } from '../../../src/video/rtsp/message.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function keepalive(timeoutSeconds: number, answer: (method: string) => RtspResponse | Error) {
  const clock = new ManualClock();
  const sent: string[] = [];
  let lost = 0;
  const made = new Keepalive({
    clock,
    timeoutSeconds,
    send: async (method) => {
      sent.push(`${clock.nowMs()} ${method}`);
      const reply = answer(method);
      if (reply instanceof Error) throw reply;
      return reply;
    },
    sessionLost: () => {
      lost += 1;
    },
  });
  return { made, clock, sent, lost: () => lost };
}

const publicMethods = rtspResponse(200, { Public: 'OPTIONS, DESCRIBE, GET_PARAMETER, PLAY' });

describe('Keepalive', () => {
  it('sends OPTIONS at half of the timeout, and goes on when nothing comes back', async () => {
    const { clock, sent } = keepalive(20, () => new Error('closed'));
    await clock.advanceAsync(30_000);
    expect(sent).toEqual(['10000 OPTIONS', '20000 OPTIONS', '30000 OPTIONS']);
  });

  it('changes to GET_PARAMETER once the camera says that it knows it', async () => {
    const { clock, sent } = keepalive(20, () => publicMethods);
    await clock.advanceAsync(30_000);
    expect(sent).toEqual(['10000 OPTIONS', '20000 GET_PARAMETER', '30000 GET_PARAMETER']);
  });

  it('returns to OPTIONS for good when GET_PARAMETER fails', async () => {
    const { clock, sent, lost } = keepalive(20, (method) =>
      method === 'OPTIONS' ? publicMethods : rtspResponse(501),
    );
    await clock.advanceAsync(50_000);
    expect(sent.map((each) => each.split(' ')[1])).toEqual([
      'OPTIONS',
      'GET_PARAMETER',
      'OPTIONS',
      'OPTIONS',
      'OPTIONS',
    ]);
    expect(lost()).toBe(0);
  });

  it('says when the camera has forgotten the session', async () => {
    const { clock, lost } = keepalive(20, () => rtspResponse(454));
    await clock.advanceAsync(10_000);
    expect(lost()).toBe(1);
  });

  it.each([
    [1, 1_000],
    [600, 30_000],
  ])('with a timeout of %i s beats every %i ms', async (timeoutSeconds, everyMs) => {
    const { clock, sent, made } = keepalive(timeoutSeconds, () => rtspResponse(200));
    await clock.advanceAsync(everyMs * 2);
    expect(sent).toHaveLength(2);
    made.stop();
    await clock.advanceAsync(everyMs * 2);
    expect(sent).toHaveLength(2);
    expect(clock.timers).toBe(0);
  });
});
