import { describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../src/core/log.ts';
import { CodedFeed } from '../../../src/simulator/rtsp/coded-feed.ts';
import type { MediaTransport } from '../../../src/simulator/rtsp/media-transport.ts';
import type { RtpPicture } from '../../../src/simulator/rtsp/rtp-picture.ts';
import { Session } from '../../../src/simulator/rtsp/session.ts';
import { parseRtcp } from '../../../src/video/rtp/rtcp.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { FakeSource } from './fake-source.ts';

class FakeTransport implements MediaTransport {
  readonly header = 'fake';
  ready = true;
  closed = false;
  readonly pictures: RtpPicture[] = [];
  readonly control: Buffer[] = [];

  send(picture: RtpPicture): void {
    this.pictures.push(picture);
  }

  sendControl(bytes: Buffer): void {
    this.control.push(bytes);
  }

  close(): void {
    this.closed = true;
  }
}

function aSession() {
  const clock = new ManualClock();
  const source = new FakeSource();
  const transport = new FakeTransport();
  const ends: string[] = [];
  const feed = new CodedFeed({ source, clock, log: silentLogger });
  const session = new Session({
    id: 'A',
    path: '/x/main',
    feed,
    transport,
    clock,
    timeoutMs: 60_000,
    onEnd: (reason) => ends.push(reason),
  });
  return { clock, source, transport, ends, feed, session };
}

describe('a session', () => {
  it('sends nothing before PLAY, and nothing after PAUSE', () => {
    const { source, transport, session } = aSession();
    session.play();
    source.picture(true);
    session.pause();
    source.picture();
    session.play();
    expect(transport.pictures.map(({ keyFrame }) => keyFrame)).toEqual([true, true, false]);
  });

  it('drops to the next key frame when the client does not keep up', () => {
    const { source, transport, session } = aSession();
    session.play();
    source.picture(true);
    transport.ready = false;
    source.picture();
    transport.ready = true;
    source.picture();
    source.picture();
    expect(transport.pictures).toHaveLength(1);
    source.picture(true);
    source.picture();
    expect(transport.pictures.map(({ keyFrame }) => keyFrame)).toEqual([true, true, false]);
  });

  it('ends when the client has not read for ten seconds', () => {
    const { clock, source, transport, session, ends } = aSession();
    session.play();
    source.picture(true);
    transport.ready = false;
    for (let second = 0; second < 9; second++) {
      source.picture(true);
      clock.advance(1_000);
    }
    expect(ends).toEqual([]);
    clock.advance(2_000);
    expect(ends).toEqual(['not-reading']);
    expect(transport.closed).toBe(true);
  });

  it('ends after the timeout unless the client shows itself', () => {
    const { clock, session, ends } = aSession();
    clock.advance(59_000);
    session.touch();
    clock.advance(59_000);
    expect(ends).toEqual([]);
    clock.advance(2_000);
    expect(ends).toEqual(['timeout']);
    expect(clock.timers).toBe(0);
  });

  it('reports the time of a picture at the start and every five seconds, and says goodbye', () => {
    const { clock, source, transport, session, feed } = aSession();
    session.play();
    source.picture(true);
    source.picture();
    expect(transport.control).toHaveLength(1);
    clock.advance(5_000);
    const third = source.picture();
    const [report, description] = parseRtcp(transport.control[1] as Buffer);
    expect(report).toMatchObject({
      type: 'sr',
      ssrc: feed.ssrc,
      rtpTimestamp: third.pts90k,
      ntpSeconds: 2_208_988_800,
      packets: 4,
    });
    if (report?.type !== 'sr') throw new Error('no sender report');
    expect(report.ntpFraction / 2 ** 32).toBeCloseTo(third.captureUnixUs / 1e6);
    expect(description?.type).toBe('sdes');
    session.end('teardown');
    session.end('closed');
    expect(parseRtcp(transport.control[2] as Buffer).map(({ type }) => type)).toEqual([
      'rr',
      'sdes',
      'bye',
    ]);
    expect(transport.control).toHaveLength(3);
  });
});
