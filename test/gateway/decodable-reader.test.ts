import { describe, expect, it } from '@jest/globals';
import { LiveViewError } from '../../src/core/errors.ts';
import { silentLogger } from '../../src/core/log.ts';
import { PermitEndedError } from '../../src/core/permit.ts';
import { DecodableReader } from '../../src/gateway/decodable-reader.ts';
import type { MediaEnd } from '../../src/server/deps.ts';
import type { InitSegment } from '../../src/video/fragment.ts';
import { Channel } from '../../src/video/hub/channel.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { drain, init, outline, permitFor, picture } from '../video/hub/pictures.ts';

const HEVC = 'hvc1.1.6.L93.90';
const inCodec = (codec: string, generation = 1): InitSegment => ({ ...init(generation), codec });

function setUp({ codecs = ['avc1.640028'], refuse }: { codecs?: string[]; refuse?: Error } = {}) {
  const permit = permitFor(new ManualClock());
  const channels = ['main', 'main-h264'].map(
    () => new Channel({ log: silentLogger, onLeft: () => undefined }),
  );
  const ends: MediaEnd[] = [];
  let woken = 0;
  const listener = {
    readable: () => {
      woken += 1;
    },
    ended: (end: MediaEnd) => void ends.push(end),
  };
  const join = (index: number) => {
    const viewer = channels[index]?.join(permit, listener);
    if (!viewer) throw new Error('no such channel');
    const transcoded = index === 1;
    return { quality: 'main', transcoded, next: () => viewer.next(), close: () => viewer.close() };
  };
  const reader = new DecodableReader({
    codecs,
    reader: join(0),
    madeAnew: () => {
      if (refuse) throw refuse;
      return join(1);
    },
    listener,
  });
  const feed = (index: number, from: number, to: number, generation = 1) => {
    for (let i = from; i < to; i++) channels[index]?.fragment(picture(i, { generation }));
  };
  const viewers = () => channels.map((channel) => channel.figures().viewers);
  return { reader, channels, feed, ends, viewers, woken: () => woken };
}

describe('a reader of what a viewer decodes', () => {
  it('reads the stream as it comes when the viewer decodes it', () => {
    const { reader, channels, feed, viewers } = setUp({ codecs: ['avc1.640028', HEVC] });
    channels[0]?.fragment(inCodec(HEVC));
    feed(0, 0, 3);
    expect(outline(drain(reader))).toEqual(['init 1', 0, 1, 2]);
    expect(reader.transcoded).toBe(false);
    expect(viewers()).toEqual([1, 0]);
  });

  it('reads it made anew from the first picture when the viewer does not', () => {
    const { reader, channels, feed, viewers, woken } = setUp();
    expect(reader.next()).toBeUndefined();
    channels[0]?.fragment(inCodec(HEVC));
    feed(0, 0, 3);
    expect(woken()).toBe(1);
    expect(reader.next()).toBeUndefined();
    expect(viewers()).toEqual([0, 1]);
    channels[1]?.fragment(init());
    feed(1, 0, 2);
    expect(woken()).toBe(2);
    const read = drain(reader);
    expect(outline(read)).toEqual(['init 1', 0, 1]);
    expect(read.map((delivery) => delivery.sequence)).toEqual([0, 1, 2]);
    expect(reader).toMatchObject({ quality: 'main', transcoded: true });
  });

  it('changes when the camera is set to another codec, and numbers on', () => {
    const { reader, channels, feed } = setUp();
    expect(reader.next()).toBeUndefined();
    channels[0]?.fragment(init(1));
    feed(0, 0, 2);
    const before = drain(reader);
    channels[1]?.fragment(init(7));
    feed(1, 0, 2, 7);
    channels[0]?.fragment(inCodec(HEVC, 2));
    feed(0, 10, 12, 2);
    const after = drain(reader);
    expect(outline(after)).toEqual(['init 7', 0, 1]);
    expect([...before, ...after].map((delivery) => delivery.sequence)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it.each([
    ['quality-not-available', 'codec-not-available'],
    ['too-many-encoders', 'too-many-encoders'],
  ])('ends with a reason when it cannot be made anew: %s', (code, told) => {
    const { reader, channels, feed, ends, viewers } = setUp({
      refuse: new LiveViewError(code, 'not now'),
    });
    expect(reader.next()).toBeUndefined();
    channels[0]?.fragment(inCodec(HEVC));
    feed(0, 0, 1);
    expect(reader.next()).toBeUndefined();
    expect(ends).toEqual([{ code: told, reason: expect.stringContaining(HEVC) }]);
    expect(ends[0]?.reason).toContain('not now');
    expect(viewers()).toEqual([0, 0]);
  });

  it('ends when what it changed to is not decoded either', () => {
    const { reader, channels, feed, ends, viewers } = setUp();
    expect(reader.next()).toBeUndefined();
    for (const [index, channel] of channels.entries()) {
      channel.fragment(inCodec(HEVC));
      feed(index, 0, 1);
    }
    expect(reader.next()).toBeUndefined();
    expect(ends).toEqual([{ code: 'codec-not-available', reason: expect.stringContaining(HEVC) }]);
    expect(viewers()).toEqual([0, 0]);
  });

  it('throws what the permit throws when it ends at that moment', () => {
    const end = { code: 'grant-withdrawn', reason: 'withdrawn' } as const;
    const { reader, channels, feed, ends } = setUp({ refuse: new PermitEndedError(end) });
    expect(reader.next()).toBeUndefined();
    channels[0]?.fragment(inCodec(HEVC));
    feed(0, 0, 1);
    expect(() => reader.next()).toThrow(PermitEndedError);
    expect(ends).toEqual([]);
  });

  it('leaves the channel that it reads when it is closed', () => {
    const { reader, channels, feed, viewers } = setUp();
    expect(reader.next()).toBeUndefined();
    channels[0]?.fragment(inCodec(HEVC));
    feed(0, 0, 1);
    reader.next();
    reader.close();
    expect(viewers()).toEqual([0, 0]);
  });
});
