import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cachedClip, LoopedClip } from '../../../src/simulator/rtsp/looped-clip.ts';
import { LoopedFeed } from '../../../src/simulator/rtsp/looped-feed.ts';
import { packetsOf, type RtpPicture } from '../../../src/simulator/rtsp/rtp-picture.ts';
import { readStamp } from '../../../src/simulator/rtsp/stamp.ts';
import { parseRtp } from '../../../src/video/rtp/packet.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const SHAPE = { width: 320, height: 192, fps: 25, kbps: 600, seconds: 2 };
let folder: string;
let bytes: Buffer;
let clip: LoopedClip;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'liveview-clip-'));
  bytes = await cachedClip(folder, SHAPE);
  clip = new LoopedClip(bytes, SHAPE.fps, true);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function aFeed(phaseMs = 0) {
  const clock = new ManualClock();
  const feed = new LoopedFeed({ clip, ssrc: 9, phaseMs, clock });
  const watch = () => {
    const seen: RtpPicture[] = [];
    return { seen, leave: feed.join((picture) => seen.push(picture)) };
  };
  return { clock, feed, watch };
}

describe('a clip', () => {
  it('is made once, and its name says what it is', async () => {
    expect(await readdir(folder)).toEqual(['loop-320x192-25fps-600kbit-2s.h264']);
    expect((await cachedClip(folder, SHAPE)).equals(bytes)).toBe(true);
    expect(clip.length).toBe(50);
    expect(clip.at(0).picture.keyFrame).toBe(true);
  });

  it('must be one', () => {
    expect(() => new LoopedClip(Buffer.from('no video at all'), 25, false)).toThrow(
      expect.objectContaining({ code: 'clip-unusable' }),
    );
  });

  it('tells why it cannot be made', async () => {
    const bad = { ...SHAPE, width: 321, height: 1 };
    await expect(cachedClip(folder, bad)).rejects.toMatchObject({ code: 'clip-failed' });
    expect(await readdir(folder)).toHaveLength(1);
  });
});

describe('a looped feed', () => {
  it('counts packets and time on, over the end of the clip', () => {
    const { clock, watch } = aFeed();
    const { seen } = watch();
    clock.advance(5_000);
    const packets = seen.flatMap(packetsOf).map(parseRtp);
    expect(seen).toHaveLength(126);
    packets.slice(1).forEach((packet, i) => {
      expect(packet.sequence).toBe(((packets[i]?.sequence ?? 0) + 1) & 0xffff);
    });
    expect(seen.map(({ timestamp }) => timestamp)).toEqual(seen.map((_, i) => i * 3_600));
  });

  it('sends each picture at its moment', () => {
    const { clock, watch } = aFeed(7);
    const { seen } = watch();
    clock.advance(6);
    expect(seen).toHaveLength(1);
    clock.advance(40);
    expect(seen).toHaveLength(1);
    clock.advance(1);
    expect(seen).toHaveLength(2);
  });

  it('starts everybody with the last key frame, whoever came before', () => {
    const { clock, feed, watch } = aFeed();
    clock.advance(1_210);
    expect(feed.first()).toMatchObject({ timestamp: 25 * 3_600 });
    const early = watch();
    expect(early.seen.map(({ timestamp }) => timestamp / 3_600)).toEqual([25, 26, 27, 28, 29, 30]);
    clock.advance(80);
    const late = watch();
    expect(late.seen.map(({ timestamp }) => timestamp)).toEqual(
      early.seen.map(({ timestamp }) => timestamp),
    );
    expect(late.seen.map(({ sequence }) => sequence)).toEqual(
      early.seen.map(({ sequence }) => sequence),
    );
  });

  it('writes the time of sending into each picture', () => {
    const { clock, watch } = aFeed();
    const { seen } = watch();
    clock.advance(1_000);
    const stamps = seen.map((picture) => {
      const nals = packetsOf(picture).map((packet) => parseRtp(packet).payload);
      return nals.map(readStamp).find((stamp) => stamp !== undefined);
    });
    const begin = clock.unixUs() - 1_000_000;
    expect(stamps).toEqual(seen.map((_, i) => begin + i * 40_000));
  });

  it('is quiet when nobody watches, and after a stop', () => {
    const { clock, feed, watch } = aFeed();
    const first = watch();
    clock.advance(100);
    first.leave();
    expect(clock.timers).toBe(0);
    const second = watch();
    feed.stop();
    clock.advance(1_000);
    expect(clock.timers).toBe(0);
    expect(second.seen.length).toBeLessThan(5);
    expect(watch().seen[0]?.keyFrame).toBe(true);
  });
});
