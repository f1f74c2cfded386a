import { describe, expect, it, jest } from '@jest/globals';
import { silentLogger } from '../../../src/core/log.ts';
import { Permit, type PermitEnd } from '../../../src/core/permit.ts';
import type { FragmentSink } from '../../../src/video/fragment.ts';
import { type ChannelQuality, Hub } from '../../../src/video/hub/hub.ts';
import { ManualClock, settle } from '../../support/manual-clock.ts';
import { drain, init, outline, permitFor, picture } from './pictures.ts';

const GRACE_MS = 5_000;
const CLOSED: PermitEnd = { code: 'incident-closed', reason: 'it is over' };

describe('hub', () => {
  it('opens the feed of the camera that the permit names, for the first viewer', () => {
    const { join, feeds } = setUp();
    join('square-1');
    join('square-1');
    expect(feeds.map(({ camera, quality }) => [camera, quality])).toEqual([['square-1', 'main']]);
  });

  it('keeps qualities and cameras apart', () => {
    const { join, feeds, hub } = setUp();
    join('a', 'main');
    join('a', 'low');
    join('b', 'low');
    expect(feeds).toHaveLength(3);
    expect(hub.status().map(({ camera, quality }) => `${camera} ${quality}`)).toEqual([
      'a main',
      'a low',
      'b low',
    ]);
  });

  it('delivers what the feed gives', () => {
    const { join, feeds } = setUp();
    const { reader } = join();
    feeds[0]?.give(0, 3);
    expect(outline(drain(reader))).toEqual(['init 1', 0, 1, 2]);
  });

  it('closes the feed some time after the last viewer has left', () => {
    const { join, feeds, clock, hub } = setUp();
    const first = join();
    const second = join();
    first.reader.close();
    clock.advance(2 * GRACE_MS);
    expect(feeds[0]?.close).not.toHaveBeenCalled();
    second.reader.close();
    clock.advance(GRACE_MS - 1);
    expect(feeds[0]?.close).not.toHaveBeenCalled();
    clock.advance(1);
    expect(feeds[0]?.close).toHaveBeenCalledTimes(1);
    expect(hub.status()).toEqual([]);
  });

  it('gives a viewer that comes within that time its picture at once', () => {
    const { join, feeds, clock } = setUp();
    const { reader } = join();
    feeds[0]?.give(0, 3);
    reader.close();
    clock.advance(GRACE_MS - 1);
    expect(outline(drain(join().reader))).toEqual(['init 1', 0, 1, 2]);
    clock.advance(10 * GRACE_MS);
    expect(feeds).toHaveLength(1);
    expect(feeds[0]?.close).not.toHaveBeenCalled();
  });

  it('opens a new feed after that time, and hears nothing more of the old one', () => {
    const { join, feeds, clock } = setUp();
    join().reader.close();
    clock.advance(GRACE_MS);
    const { reader } = join();
    feeds[0]?.give(0, 3);
    expect(reader.next()).toBeUndefined();
    expect(feeds).toHaveLength(2);
  });

  it('keeps a channel warm without viewers', () => {
    const { hub, feeds, clock, join } = setUp();
    const release = hub.keepWarm('shop-1', 'main');
    feeds[0]?.give(0, 2);
    clock.advance(100 * GRACE_MS);
    expect(outline(drain(join().reader))).toEqual(['init 1', 0, 1]);
    release();
    release();
    clock.advance(100 * GRACE_MS);
    expect(feeds[0]?.close).not.toHaveBeenCalled();
  });

  it('closes a warm channel after it has been released', () => {
    const { hub, feeds, clock } = setUp();
    hub.keepWarm('shop-1', 'main')();
    clock.advance(GRACE_MS);
    expect(feeds[0]?.close).toHaveBeenCalledTimes(1);
  });

  it('ends the viewers of a camera that was set up anew, and serves it again from a new feed', () => {
    const { hub, join, feeds } = setUp();
    const release = hub.keepWarm('shop-1', 'main');
    const ended: string[] = [];
    const permit = permitFor(new ManualClock());
    hub.join(permit, 'main', { readable: () => undefined, ended: ({ code }) => ended.push(code) });
    const other = join('square-1');
    hub.drop('shop-1');
    expect(ended).toEqual(['camera-changed']);
    expect(permit.ended).toBeUndefined();
    expect(feeds[0]?.close).toHaveBeenCalledTimes(1);
    expect(other.reader.next()).toBeUndefined();
    hub.keepWarm('shop-1', 'main');
    release();
    feeds[2]?.give(0, 2);
    expect(outline(drain(join().reader))).toEqual(['init 1', 0, 1]);
  });

  it('ends the viewers of one channel of which nothing comes, and says why', () => {
    const { hub, join, feeds } = setUp();
    const [low, main, other] = [join('a', 'low'), join('a', 'main'), join('b', 'low')];
    const why = { code: 'too-many-encoders', reason: 'all are in use' } as const;
    hub.end('a', 'low', why);
    hub.end('a', 'low', why);
    expect(low.ended.mock.calls).toEqual([[why]]);
    expect(feeds.map(({ close }) => close.mock.calls.length)).toEqual([1, 0, 0]);
    for (const { ended } of [main, other]) expect(ended).not.toHaveBeenCalled();
    join('a', 'low');
    expect(feeds).toHaveLength(4);
  });

  it('asks for a key frame when a viewer joins an open channel without a picture to show', () => {
    const { join, feeds } = setUp();
    join();
    expect(feeds[0]?.requestKeyFrame).not.toHaveBeenCalled();
    join();
    expect(feeds[0]?.requestKeyFrame).toHaveBeenCalledTimes(1);
    feeds[0]?.give(0, 1);
    join();
    expect(feeds[0]?.requestKeyFrame).toHaveBeenCalledTimes(1);
  });

  it('asks for a key frame for a viewer that fell behind a group that it cannot join', () => {
    const { join, feeds } = setUp();
    const { reader } = join();
    feeds[0]?.give(0, 1);
    expect(outline(drain(reader))).toEqual(['init 1', 0]);
    feeds[0]?.give(1, 3);
    feeds[0]?.breakOff();
    for (let number = 1; number < 80; number++) feeds[0]?.giveOne(number, { group: 1_000 });
    expect(feeds[0]?.requestKeyFrame).not.toHaveBeenCalled();
    expect(reader.next()).toBeUndefined();
    expect(feeds[0]?.requestKeyFrame).toHaveBeenCalledTimes(1);
    feeds[0]?.giveOne(1_000, { group: 1_000 });
    expect(outline(drain(reader))).toEqual(['missed 81', 1_000]);
    expect(feeds[0]?.requestKeyFrame).toHaveBeenCalledTimes(1);
  });

  it('asks for a key frame, and shows nothing old, when the pictures have broken off', () => {
    const { join, feeds } = setUp();
    const early = join();
    feeds[0]?.give(0, 3);
    expect(early.reader.next()).toMatchObject({ fragment: { kind: 'init' } });
    feeds[0]?.breakOff();
    const late = join();
    expect(feeds[0]?.requestKeyFrame).toHaveBeenCalledTimes(1);
    expect(outline(drain(late.reader))).toEqual([]);
    expect(outline(drain(early.reader))).toEqual([0, 1, 2]);
    feeds[0]?.give(10, 12);
    expect(outline(drain(late.reader))).toEqual(['init 1', 10, 11]);
    expect(outline(drain(early.reader))).toEqual([10, 11]);
  });

  it('opens nothing for a permit that has ended', () => {
    const { hub, feeds, clock } = setUp();
    const permit = permitFor(clock);
    permit.end(CLOSED);
    expect(() => hub.join(permit, 'main', deaf)).toThrow(
      expect.objectContaining({ code: 'incident-closed' }),
    );
    expect(feeds).toHaveLength(0);
  });

  it('ends all viewers of a permit in the tick of its end, whatever they were doing', () => {
    const { hub, feeds, clock } = setUp();
    const permit = permitFor(clock);
    const order: string[] = [];
    const readers = ['a', 'b'].map((name) =>
      hub.join(permit, 'main', { readable: () => undefined, ended: () => order.push(name) }),
    );
    feeds[0]?.give(0, 5);
    readers[0]?.next();
    permit.end(CLOSED);
    order.push('after');
    feeds[0]?.give(5, 9);
    expect(order).toEqual(['a', 'b', 'after']);
    for (const reader of readers) {
      expect(() => reader.next()).toThrow(expect.objectContaining({ code: 'incident-closed' }));
    }
    clock.advance(GRACE_MS);
    expect(feeds[0]?.close).toHaveBeenCalledTimes(1);
  });

  it('sends nothing after the moment at which a permit expires', () => {
    const { hub, feeds, clock } = setUp();
    const ended = jest.fn<(end: PermitEnd) => void>();
    const permit = new Permit(clock, 'shop-1', clock.unixUs() + 60_000_000);
    const reader = hub.join(permit, 'main', { readable: () => undefined, ended });
    feeds[0]?.give(0, 5);
    clock.advance(59_999);
    expect(reader.next()).toBeDefined();
    clock.advance(1);
    expect(() => reader.next()).toThrow(expect.objectContaining({ code: 'grant-expired' }));
    expect(ended).toHaveBeenCalledTimes(1);
  });

  it('leaves no trace of a feed that cannot be opened', () => {
    const { hub, clock } = setUp(() => {
      throw new Error('no such camera');
    });
    expect(() => hub.join(permitFor(clock), 'main', deaf)).toThrow('no such camera');
    expect(hub.status()).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it('ends everything when it stops, and waits until the feeds have closed', async () => {
    const { hub, join, feeds, clock } = setUp();
    const { reader, ended } = join();
    let closed: () => void = () => undefined;
    feeds[0]?.close.mockReturnValue(
      new Promise((resolve) => {
        closed = resolve;
      }),
    );
    let stopped = false;
    const stopping = hub.stop().then(() => {
      stopped = true;
    });
    expect(ended).toHaveBeenCalledWith(expect.objectContaining({ code: 'gateway-stopping' }));
    expect(() => reader.next()).toThrow(expect.objectContaining({ code: 'gateway-stopping' }));
    await settle();
    expect(stopped).toBe(false);
    closed();
    await stopping;
    expect(() => hub.join(permitFor(clock), 'main', deaf)).toThrow(
      expect.objectContaining({ code: 'gateway-stopping' }),
    );
    expect(clock.timers).toBe(0);
  });

  it('stops although a feed does not close cleanly', async () => {
    const { hub, join, feeds } = setUp();
    join('a');
    join('b');
    feeds[0]?.close.mockRejectedValue(new Error('TEARDOWN refused'));
    await hub.stop();
    expect(feeds[1]?.close).toHaveBeenCalledTimes(1);
  });

  it('gives the group with which a viewer would begin now', () => {
    const { hub, feeds, join } = setUp();
    expect(hub.group('shop-1', 'main')).toEqual([]);
    join();
    feeds[0]?.give(0, 15);
    const numbers = () => hub.group('shop-1', 'main').map(({ captureUnixUs }) => captureUnixUs);
    const group = numbers();
    expect(hub.group('shop-1', 'main')[0]?.keyFrame).toBe(true);
    expect(
      hub
        .group('shop-1', 'main')
        .slice(1)
        .some(({ keyFrame }) => keyFrame),
    ).toBe(false);
    feeds[0]?.give(15, 16);
    expect(numbers().slice(0, -1)).toEqual(group);
    feeds[0]?.breakOff();
    expect(hub.group('shop-1', 'main')).toEqual([]);
  });

  it('closes at once what nobody watches when it is told to, of the kind that is meant', () => {
    const { hub, feeds, join } = setUp();
    const [low, main, watched] = [join('a', 'low'), join('a', 'main'), join('b', 'low')];
    low.reader.close();
    main.reader.close();
    hub.closeUnused((quality) => quality === 'low');
    expect(feeds.map(({ close }) => close.mock.calls.length)).toEqual([1, 0, 0]);
    watched.reader.close();
    expect(watched.ended).not.toHaveBeenCalled();
  });
});

const deaf = { readable: () => undefined, ended: () => undefined };

function setUp(before: () => void = () => undefined) {
  const clock = new ManualClock();
  const feeds: ReturnType<typeof openStandIn>[] = [];
  const hub = new Hub({
    clock,
    log: silentLogger,
    graceMs: GRACE_MS,
    openFeed(camera, quality, sink) {
      before();
      const feed = openStandIn(camera, quality, sink);
      feeds.push(feed);
      return feed;
    },
  });
  const join = (camera = 'shop-1', quality: ChannelQuality = 'main') => {
    const ended = jest.fn<(end: PermitEnd) => void>();
    const listener = { readable: () => undefined, ended };
    return { ended, reader: hub.join(permitFor(clock, camera), quality, listener) };
  };
  return { hub, clock, feeds, join };
}

function openStandIn(camera: string, quality: ChannelQuality, sink: FragmentSink) {
  return {
    camera,
    quality,
    close: jest.fn<() => Promise<void>>().mockResolvedValue(undefined),
    requestKeyFrame: jest.fn(),
    give(from: number, to: number) {
      if (from === 0) sink.fragment(init());
      for (let number = from; number < to; number++) sink.fragment(picture(number));
    },
    giveOne: (number: number, shape = {}) => sink.fragment(picture(number, shape)),
    breakOff: () => sink.discontinuity(),
  };
}
