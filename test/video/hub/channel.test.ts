import { describe, expect, it, jest } from '@jest/globals';
import { type Logger, silentLogger } from '../../../src/core/log.ts';
import type { PermitEnd } from '../../../src/core/permit.ts';
import { Channel } from '../../../src/video/hub/channel.ts';
import { LIST_LIMITS } from '../../../src/video/hub/picture-list.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { drain, init, outline, permitFor, picture } from './pictures.ts';

const CLOSED: PermitEnd = { code: 'incident-closed', reason: 'it is over' };
const clock = new ManualClock();

describe('channel', () => {
  it('gives a viewer that joins in the middle of a group the whole group at once', () => {
    const { channel, join } = setUp();
    feed(channel, 0, 14);
    expect(outline(drain(join().viewer))).toEqual(['init 1', 10, 11, 12, 13]);
  });

  it('lets a viewer wait for the first key frame when there is none', () => {
    const { channel, join } = setUp();
    const { viewer } = join();
    feed(channel, 5, 10);
    expect(viewer.next()).toBeUndefined();
    feed(channel, 10, 12);
    expect(outline(drain(viewer))).toEqual(['init 1', 10, 11]);
  });

  it('numbers deliveries from 0 without gaps', () => {
    const { channel, join } = setUp();
    const { viewer } = join();
    feed(channel, 0, 3);
    expect(drain(viewer).map((delivery) => delivery.sequence)).toEqual([0, 1, 2, 3]);
  });

  it('says which is the last that it has, and tells of the next without being asked', () => {
    const { channel, join } = setUp();
    const { viewer, readable } = join();
    feed(channel, 0, 2);
    const read = [viewer.next(), viewer.next(), viewer.next()];
    expect(read.map((delivery) => delivery?.last)).toEqual([false, false, true]);
    readable.mockClear();
    feed(channel, 2, 4);
    expect(readable).toHaveBeenCalledTimes(1);
    expect(viewer.next()?.last).toBe(false);
    feed(channel, 4, 5);
    expect(readable).toHaveBeenCalledTimes(1);
  });

  it('hands the same bytes to a thousand viewers', () => {
    const { channel, join } = setUp();
    const viewers = Array.from({ length: 1_000 }, () => join().viewer);
    feed(channel, 0, 5);
    const first = drain(viewers[0] as (typeof viewers)[0]).map(({ fragment }) => fragment.bytes);
    expect(first).toHaveLength(6);
    for (const viewer of viewers.slice(1)) {
      const same = drain(viewer).every(({ fragment }, i) => fragment.bytes === first[i]);
      expect(same).toBe(true);
    }
    expect(channel.figures()).toMatchObject({ viewers: 1_000, pictures: 5, heldBytes: 500 });
  });

  it('moves a viewer that is too late to the newest key frame and says how many it missed', () => {
    const { channel, join } = setUp();
    const { viewer } = join();
    feed(channel, 0, 3);
    expect(outline(drain(viewer))).toEqual(['init 1', 0, 1, 2]);
    feed(channel, 3, 205);
    expect(outline(drain(viewer))).toEqual(['missed 197', 200, 201, 202, 203, 204]);
    feed(channel, 205, 207);
    expect(outline(drain(viewer))).toEqual([205, 206]);
    expect(channel.figures().dropped).toBe(197);
  });

  it('lets a viewer that is a little late read on without loss', () => {
    const { channel, join } = setUp();
    const { viewer } = join();
    feed(channel, 0, 9);
    drain(viewer);
    feed(channel, 9, 35);
    expect(outline(drain(viewer))).toEqual(Array.from({ length: 26 }, (_, i) => 9 + i));
  });

  it('keeps back what needs pictures before the key frame that a viewer begins with', () => {
    const { channel, join } = setUp();
    const early = join().viewer;
    const openGroups = (from: number, to: number) => {
      for (let i = from; i < to; i++) {
        channel.fragment({ ...picture(i), leading: i % 10 === 1 || i % 10 === 2 });
      }
    };
    channel.fragment(init());
    openGroups(0, 4);
    expect(outline(drain(early))).toEqual(['init 1', 0, 3]);
    openGroups(4, 14);
    expect(outline(drain(join().viewer))).toEqual(['init 1', 10, 13]);
    expect(outline(drain(early))).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    openGroups(14, 204);
    expect(outline(drain(early))).toEqual(['missed 186', 200, 203]);
    openGroups(204, 213);
    expect(outline(drain(early)).slice(-3)).toEqual([210, 211, 212]);
  });

  it('lets a late viewer wait when no group can be joined', () => {
    const { channel, join } = setUp();
    const { viewer } = join();
    const endless = { group: 3_000 };
    feed(channel, 0, 2, endless);
    drain(viewer);
    feed(channel, 2, 2_000, endless);
    expect(viewer.next()).toBeUndefined();
    feed(channel, 3_000, 3_001, endless);
    expect(outline(drain(viewer))).toEqual(['missed 1998', 3_000]);
  });

  it('keeps memory bounded with a viewer that never reads', () => {
    const { channel, join } = setUp();
    join();
    for (let i = 0; i < 3_000; i++) feed(channel, i, i + 1, { group: 50, bytes: 20_000 });
    expect(channel.figures().heldBytes).toBeLessThanOrEqual(
      LIST_LIMITS.lagBytes + LIST_LIMITS.groupBytes,
    );
    expect(channel.figures().heldBytes).toBeLessThan(8 * 1024 * 1024);
  });

  it('puts a new init segment before the first picture of its generation', () => {
    const { channel, join } = setUp();
    const { viewer } = join();
    feed(channel, 0, 1);
    expect(outline(drain(viewer))).toEqual(['init 1', 0]);
    feed(channel, 1, 3);
    channel.fragment(init(2));
    feed(channel, 10, 12, { generation: 2 });
    expect(outline(drain(viewer))).toEqual([1, 2, 'init 2', 10, 11]);
    expect(outline(drain(join().viewer))).toEqual(['init 2', 10, 11]);
  });

  it('begins no viewer in a generation that has ended', () => {
    const { channel, join } = setUp();
    feed(channel, 0, 2);
    channel.fragment(init(2));
    expect(join().viewer.next()).toBeUndefined();
  });

  it('tells a viewer once that there is something, until it has read everything', () => {
    const { channel, join } = setUp();
    const { viewer, readable } = join();
    feed(channel, 0, 5);
    expect(readable).toHaveBeenCalledTimes(1);
    viewer.next();
    feed(channel, 5, 6);
    expect(readable).toHaveBeenCalledTimes(1);
    drain(viewer);
    feed(channel, 6, 7);
    expect(readable).toHaveBeenCalledTimes(2);
  });

  it('ends a viewer in the tick in which its permit ends', () => {
    const { channel, join } = setUp();
    const { viewer, permit, ended } = join();
    feed(channel, 0, 5);
    viewer.next();
    permit.end(CLOSED);
    expect(ended).toHaveBeenCalledWith(CLOSED);
    expect(() => viewer.next()).toThrow(expect.objectContaining({ code: 'incident-closed' }));
    expect(channel.figures().viewers).toBe(0);
  });

  it('asks the permit before every delivery, so that an expired one gives nothing', () => {
    const { channel, join } = setUp();
    const { viewer, permit, ended } = join();
    feed(channel, 0, 5);
    viewer.next();
    jest.spyOn(permit, 'check').mockImplementation(() => permit.end(CLOSED));
    expect(() => viewer.next()).toThrow(expect.objectContaining({ code: 'incident-closed' }));
    expect(ended).toHaveBeenCalledTimes(1);
  });

  it('survives a viewer that fails, and so do the other viewers and whoever ends the permit', () => {
    const { channel, join, error } = setUp();
    const broken = join();
    broken.readable.mockImplementation(() => {
      throw new Error('socket gone');
    });
    const rude = join();
    rude.ended.mockImplementation(() => {
      throw new Error('socket gone');
    });
    const { viewer } = join();
    feed(channel, 0, 2);
    rude.permit.end(CLOSED);
    expect(outline(drain(viewer))).toEqual(['init 1', 0, 1]);
    expect(channel.figures().viewers).toBe(1);
    expect(error).toHaveBeenCalledTimes(2);
  });

  it('gives nothing after close', () => {
    const { channel, join } = setUp();
    const { viewer, readable, ended } = join();
    viewer.close();
    viewer.close();
    feed(channel, 0, 5);
    expect(viewer.next()).toBeUndefined();
    expect(readable).not.toHaveBeenCalled();
    expect(ended).not.toHaveBeenCalled();
  });

  it('ignores pictures before the first init segment', () => {
    const { channel, join } = setUp();
    channel.fragment(picture(0, { generation: 7 }));
    expect(join().viewer.next()).toBeUndefined();
  });

  it('counts no time without pictures as the length of a group', () => {
    const { channel } = setUp();
    feed(channel, 0, 5);
    channel.discontinuity();
    feed(channel, 1_000, 1_003);
    expect(channel.figures().groupMs).toBe(80);
  });

  it('tells figures', () => {
    const { channel } = setUp();
    feed(channel, 0, 25);
    expect(channel.figures()).toEqual({
      viewers: 0,
      pictures: 25,
      bytes: 2_500,
      dropped: 0,
      heldBytes: 500,
      groupMs: 400,
      newestCaptureUnixUs: 24 * 40_000,
      codec: 'avc1.42c01e',
      width: 640,
      height: 360,
      generation: 1,
    });
  });
});

function setUp() {
  const error = jest.fn<Logger['error']>();
  const channel = new Channel({ log: { ...silentLogger, error }, onLeft: () => undefined });
  channel.fragment(init());
  const join = () => {
    const readable = jest.fn();
    const ended = jest.fn<(end: PermitEnd) => void>();
    const permit = permitFor(clock);
    return { permit, readable, ended, viewer: channel.join(permit, { readable, ended }) };
  };
  return { channel, join, error };
}

function feed(channel: Channel, from: number, to: number, shape = {}): void {
  for (let number = from; number < to; number++) channel.fragment(picture(number, shape));
}
