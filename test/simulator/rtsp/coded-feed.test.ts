import { describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../src/core/log.ts';
import { CodedFeed, type CodedFeedOptions } from '../../../src/simulator/rtsp/coded-feed.ts';
import type { RtpPicture } from '../../../src/simulator/rtsp/rtp-picture.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { FakeSource } from './fake-source.ts';

function aFeed(more: Partial<CodedFeedOptions> = {}) {
  const source = new FakeSource();
  const clock = new ManualClock();
  const feed = new CodedFeed({ source, clock, log: silentLogger, lingerMs: 1_000, ...more });
  const watch = () => {
    const seen: RtpPicture[] = [];
    return { seen, leave: feed.join((picture) => seen.push(picture)) };
  };
  return { source, clock, feed, watch };
}

const never = new AbortController().signal;

describe('a feed of coded pictures', () => {
  it('starts its source once, however many watch, and gives all of them the same bytes', () => {
    const { source, watch } = aFeed();
    const [a, b] = [watch(), watch()];
    source.picture(true);
    source.picture();
    expect(source.starts).toBe(1);
    expect(a.seen).toHaveLength(2);
    expect(b.seen[1]?.framed).toBe(a.seen[1]?.framed);
  });

  it('shows who comes later everything from the last key frame on, at once', () => {
    const { source, watch, feed } = aFeed();
    const early = watch();
    for (const keyFrame of [true, false, true, false, false]) source.picture(keyFrame);
    expect(feed.first()).toMatchObject({ sequence: early.seen[2]?.sequence });
    const late = watch();
    expect(late.seen).toEqual(early.seen.slice(2));
    source.picture();
    expect(late.seen.at(-1)).toBe(early.seen.at(-1));
  });

  it('says what it is before there is a picture, when that is known', async () => {
    const sets = { sps: Uint8Array.of(0x67, 1), pps: Uint8Array.of(0x68, 2) };
    const { source, feed } = aFeed({ sets });
    expect(await feed.parameterSets(never)).toEqual(sets);
    expect(source.starts).toBe(1);
    source.picture(true);
    expect(await feed.parameterSets(never)).not.toEqual(sets);
  });

  it('begins with a key frame, and counts packets without a gap', () => {
    const { source, watch } = aFeed();
    const { seen } = watch();
    source.picture();
    expect(seen).toHaveLength(0);
    source.picture(true, 3_000);
    source.picture();
    const [key, next] = seen as [RtpPicture, RtpPicture];
    expect(next.sequence).toBe((key.sequence + key.starts.length) & 0xffff);
    expect(key.starts).toHaveLength(5);
  });

  it('goes on for a while after the last has left, and then stops', () => {
    const { source, clock, feed, watch } = aFeed();
    const first = watch();
    source.picture(true);
    first.leave();
    clock.advance(900);
    expect(feed.running).toBe(true);
    watch().leave();
    clock.advance(900);
    expect(feed.running).toBe(true);
    clock.advance(200);
    expect(feed.running).toBe(false);
    expect(source.sink).toBeUndefined();
    expect(feed.first()).toBeUndefined();
  });

  it('tells the parameter sets, starting the source for it', async () => {
    const { source, feed, clock } = aFeed();
    const asked = feed.parameterSets(never);
    source.picture(true);
    expect(Buffer.from((await asked).sps).toString('hex')).toBe('6742c01fd90050');
    clock.advance(1_001);
    expect(feed.running).toBe(false);
    await feed.parameterSets(never);
    expect(feed.running).toBe(true);
  });

  it('gives the newest key frame, and never one from before it stopped', async () => {
    const { source, feed, clock } = aFeed();
    const first = feed.keyFrame(never);
    const picture = source.picture(true);
    expect(await first).toBe(picture.nalUnits);
    source.picture();
    expect(await feed.keyFrame(never)).toBe(picture.nalUnits);
    clock.advance(1_001);
    const later = feed.keyFrame(never);
    const next = source.picture(true);
    expect(await later).toBe(next.nalUnits);
  });

  it('gives up waiting for them when asked to', async () => {
    const { feed, clock } = aFeed();
    const controller = new AbortController();
    const asked = feed.parameterSets(controller.signal);
    controller.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    clock.advance(1_001);
    expect(feed.running).toBe(false);
  });

  it('starts a source again that failed, while somebody watches', () => {
    const { source, clock, watch } = aFeed();
    const { seen, leave } = watch();
    source.picture(true);
    source.sink?.failed(new Error('broken'));
    clock.advance(1_000);
    expect(source.starts).toBe(2);
    source.picture(true);
    expect(seen).toHaveLength(2);
    source.sink?.failed(new Error('broken'));
    leave();
    clock.advance(5_000);
    expect(source.starts).toBe(2);
  });

  it('does not keep a group without end', () => {
    const { source, watch } = aFeed();
    watch();
    source.picture(true);
    for (let i = 0; i < 400; i++) source.picture();
    expect(watch().seen).toHaveLength(250);
  });
});
