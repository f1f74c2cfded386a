import { describe, expect, it } from '@jest/globals';
import { LiveViewError } from '../../../src/core/errors.ts';
import { silentLogger } from '../../../src/core/log.ts';
import { PermitEndedError } from '../../../src/core/permit.ts';
import { AdaptiveReader } from '../../../src/gateway/quality/adaptive-reader.ts';
import type { MediaEnd, MediaListener } from '../../../src/server/deps.ts';
import { Channel } from '../../../src/video/hub/channel.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { drain, init, outline, permitFor, picture } from '../../video/hub/pictures.ts';

const KBPS = { main: 4_000, sub: 1_000, low: 400 } as const;
type Name = keyof typeof KBPS;
const NAMES = Object.keys(KBPS) as Name[];
const GROUP = 50;

/** A camera of 25 pictures a second in three qualities, and a viewer of it whose line the test is. */
function setUp({
  refuse = {},
  share = { kbps: Number.POSITIVE_INFINITY },
}: {
  refuse?: Partial<Record<Name, Error>>;
  share?: { kbps: number };
} = {}) {
  // Pictures are numbered from the beginning of Unix time.
  const clock = new ManualClock(0);
  const permit = permitFor(clock);
  const channels = new Map(
    NAMES.map((name) => [name, new Channel({ log: silentLogger, onLeft: () => undefined })]),
  );
  const channel = (name: string) => {
    const found = channels.get(name as Name);
    if (!found) throw new Error(`no channel ${name}`);
    return found;
  };
  const opened: string[] = [];
  /** What readers turn out to be that were opened for something else. */
  const instead = new Map<string, string>();
  const open = (quality: string, listener: MediaListener) => {
    opened.push(quality);
    const refusal = refuse[quality as Name];
    if (refusal) throw refusal;
    const viewer = channel(quality).join(permit, listener);
    return {
      get quality() {
        return instead.get(quality) ?? quality;
      },
      next: () => viewer.next(),
      close: () => viewer.close(),
    };
  };
  const ends: MediaEnd[] = [];
  const moves: string[] = [];
  const has: string[] = [];
  let woken = 0;
  const reader = new AdaptiveReader({
    clock,
    listener: { readable: () => (woken += 1), ended: (end) => void ends.push(end) },
    figures: {
      has: (quality) => void has.push(quality),
      leaves: (quality) => void has.splice(has.indexOf(quality), 1),
      moved: (from, to, up) => {
        moves.push(`${from} ${up ? 'up' : 'down'} to ${to}`);
        has.splice(has.indexOf(from), 1, to);
      },
    },
    openFirst: (listener) => open('main', listener),
    open,
    levels: () => NAMES.map((quality) => ({ quality, kbps: KBPS[quality] })),
    shareKbps: () => share.kbps,
    check: () => permit.check(),
  });
  for (const name of NAMES) channel(name).fragment(init());
  let number = 0;
  const shown: ReturnType<typeof drain> = [];
  /** The camera goes on for `pictures`; the viewer takes each at once, or none of them. */
  const go = (pictures: number, takes = true) => {
    for (let i = 0; i < pictures; i++) {
      for (const name of NAMES) {
        channel(name).fragment(picture(number, { group: GROUP, bytes: KBPS[name] * 5 }));
      }
      number += 1;
      if (takes) shown.push(...drain(reader));
      clock.advance(40);
    }
  };
  const viewers = () => NAMES.map((name) => channel(name).figures().viewers);
  return {
    clock,
    permit,
    reader,
    channel,
    go,
    shown,
    opened,
    instead,
    ends,
    moves,
    has,
    share,
    viewers,
    woken: () => woken,
  };
}

/** It stops taking until it has missed pictures, then takes all there is. */
function stumble(view: ReturnType<typeof setUp>): void {
  view.go(3 * GROUP, false);
  view.go(1);
}

/** Its share shrinks; the other picture is opened in the second group, and has not taken over. */
function beginToMove(view: ReturnType<typeof setUp>): void {
  view.go(GROUP);
  view.share.kbps = 500;
  while (view.opened.length < 2) {
    view.go(1, false);
    view.reader.next();
  }
  expect(view.viewers()).toEqual([1, 0, 1]);
}

describe('a viewer whose line carries everything', () => {
  it('keeps the full picture, as it comes, and nothing else is opened', () => {
    const view = setUp();
    view.go(5 * GROUP);
    expect(view.opened).toEqual(['main']);
    expect(view.shown).toHaveLength(5 * GROUP + 1);
    expect(outline(view.shown).slice(0, 3)).toEqual(['init 1', 0, 1]);
    expect(view.has).toEqual(['main']);
  });

  it('does not move for a camera that comes late', () => {
    const view = setUp();
    view.clock.advance(10_000);
    view.go(3 * GROUP);
    expect(view.moves).toEqual([]);
  });
});

describe('a viewer whose line does not carry what it has', () => {
  it('is moved down to a key frame, in one stream without a gap', () => {
    const view = setUp();
    view.go(GROUP);
    stumble(view);
    expect(view.moves).toEqual(['main down to low']);
    expect(view.reader.quality).toBe('low');
    expect(view.viewers()).toEqual([0, 0, 1]);
    expect(view.has).toEqual(['low']);
    view.go(5);
    const sequences = view.shown.map((delivery) => delivery.sequence);
    expect(sequences).toEqual(sequences.map((_, index) => index));
    const at = view.shown.findLastIndex(({ fragment }) => fragment.kind === 'init');
    const [begin, key] = view.shown.slice(at);
    expect(begin?.fragment).toMatchObject({ kind: 'init', generation: 2 });
    expect(key?.fragment).toMatchObject({ kind: 'media', keyFrame: true, generation: 2 });
    expect(view.shown.some((delivery) => delivery.droppedBefore > 0)).toBe(true);
    expect(view.shown.at(-1)?.fragment.bytes.length).toBe(KBPS.low * 5);
  });

  it('begins with the newest key frame of the other, however long that has waited', () => {
    const view = setUp();
    beginToMove(view);
    // It has the key frame of picture 50, and the line takes nothing until there is another.
    view.go(46, false);
    view.go(1);
    const at = view.shown.findLastIndex(({ fragment }) => fragment.kind === 'init');
    expect(outline(view.shown.slice(at))).toEqual(['init 2', 100, 101, 102]);
    expect(view.moves).toEqual(['main down to low']);
  });

  it('changes nothing for another viewer of the same camera', () => {
    const view = setUp();
    const other = view
      .channel('main')
      .join(view.permit, { readable: () => undefined, ended: () => undefined });
    const seen: number[] = [];
    const step = (takes: boolean) => {
      view.go(1, takes);
      seen.push(
        ...drain(other).flatMap(({ fragment }) =>
          fragment.kind === 'media' ? [fragment.captureUnixUs / 40_000] : [],
        ),
      );
    };
    for (let i = 0; i < 5 * GROUP; i++) step(i < GROUP || i >= 4 * GROUP);
    expect(view.moves).toEqual(['main down to low']);
    expect(seen).toEqual(Array.from({ length: 5 * GROUP }, (_, index) => index));
    expect(other.dropped).toBe(0);
  });

  it('is moved when its share does not carry it, and when it says that it cannot keep up', () => {
    const shared = setUp();
    shared.go(10);
    shared.share.kbps = 1_200;
    shared.go(20);
    expect(shared.moves).toEqual(['main down to sub']);

    const slow = setUp();
    slow.go(200);
    for (let i = 0; i < 2; i++) slow.reader.report({ latencyMs: 4_000, decoded: 25, dropped: 0 });
    slow.go(1);
    expect(slow.moves).toEqual(['main down to sub']);
  });

  it('goes on with what it has when the other is refused, and does not ask again at once', () => {
    const refuse = { low: new LiveViewError('too-many-encoders', 'all in use') };
    const view = setUp({ refuse });
    view.go(GROUP);
    stumble(view);
    expect(view.opened).toEqual(['main', 'low']);
    view.go(GROUP);
    expect(view.reader.quality).toBe('main');
    expect(view.ends).toEqual([]);
    stumble(view);
    expect(view.opened).toEqual(['main', 'low', 'sub']);
    expect(view.reader.quality).toBe('sub');
  });

  it('gives up what never begins', () => {
    const view = setUp();
    view.go(10);
    view.channel('low').discontinuity();
    view.share.kbps = 500;
    // Only the full picture comes.
    for (let i = 10; i < 500; i++) {
      view.channel('main').fragment(picture(i, { group: GROUP }));
      drain(view.reader);
      view.clock.advance(40);
      if (i === 300) expect(view.viewers()).toEqual([1, 0, 1]);
    }
    expect(view.opened.slice(0, 2)).toEqual(['main', 'low']);
    expect(view.reader.quality).not.toBe('low');
  });

  it('gives it up while the picture that is shown is silent, too', () => {
    const view = setUp();
    view.go(10);
    view.channel('low').discontinuity();
    view.share.kbps = 500;
    for (let i = 10; i < 30; i++) {
      view.channel('main').fragment(picture(i, { group: GROUP }));
      drain(view.reader);
      view.clock.advance(40);
    }
    expect(view.viewers()).toEqual([1, 0, 1]);
    view.clock.advance(15_000);
    expect(view.viewers()).toEqual([1, 0, 0]);
    expect(view.clock.timers).toBe(0);
    expect(view.ends).toEqual([]);
  });
});

it('knows of a reader that went over to something cheaper by itself, and goes up from there', () => {
  const view = setUp();
  view.instead.set('main', 'sub');
  view.go(1);
  expect(view.has).toEqual(['sub']);
  view.instead.clear();
  view.go(1_400);
  expect(view.opened).toEqual(['main']);
  view.go(200);
  expect(view.opened).toEqual(['main', 'main']);
  expect(view.has).toEqual(['main']);
});

describe('a viewer whose line carries more again', () => {
  it('is moved up a step at a time, to a key frame that it has not seen the time of', () => {
    const view = setUp();
    view.go(GROUP);
    stumble(view);
    view.go(270);
    expect(view.opened).toEqual(['main', 'low', 'sub']);
    view.go(2 * GROUP);
    expect(view.moves).toEqual(['main down to low', 'low up to sub']);
    const at = view.shown.findLastIndex(({ fragment }) => fragment.kind === 'init');
    const [before, , key] = view.shown.slice(at - 1).map(({ fragment }) => fragment);
    if (before?.kind !== 'media' || key?.kind !== 'media') throw new Error('not as expected');
    expect(key.keyFrame).toBe(true);
    expect(key.captureUnixUs - before.captureUnixUs).toBe(40_000);
    view.go(400);
    expect(view.moves).toEqual(['main down to low', 'low up to sub', 'sub up to main']);
    expect(view.viewers()).toEqual([1, 0, 0]);
  });

  it('has the old picture until then', () => {
    const view = setUp();
    view.go(GROUP);
    stumble(view);
    view.go(258);
    const from = view.shown.length;
    expect(view.viewers()).toEqual([0, 1, 1]);
    view.go(10);
    expect(view.shown.slice(from)).toHaveLength(10);
    expect(view.reader.quality).toBe('low');
  });
});

describe('the end of a permit', () => {
  const moving = () => {
    const view = setUp();
    view.go(GROUP);
    stumble(view);
    view.go(258);
    expect(view.viewers()).toEqual([0, 1, 1]);
    return view;
  };

  it('ends both pictures in the same tick, once, and nothing is read after it', () => {
    const view = moving();
    view.permit.end({ code: 'grant-withdrawn', reason: 'withdrawn' });
    expect(view.ends).toEqual([{ code: 'grant-withdrawn', reason: 'withdrawn' }]);
    expect(view.viewers()).toEqual([0, 0, 0]);
    expect(view.has).toEqual([]);
    expect(() => view.reader.next()).toThrow(PermitEndedError);
    view.reader.close();
    expect(view.has).toEqual([]);
  });

  it('keeps back what was read already of the picture that takes over', () => {
    const view = setUp();
    view.go(GROUP);
    view.go(3 * GROUP, false);
    const kinds = () => view.reader.next()?.fragment.kind;
    while (view.reader.quality === 'main') expect(kinds()).toBeDefined();
    view.permit.end({ code: 'grant-withdrawn', reason: 'withdrawn' });
    expect(() => view.reader.next()).toThrow(PermitEndedError);
  });

  it('lets nothing through of what the other has read on to', () => {
    const view = setUp();
    beginToMove(view);
    view.go(60, false);
    while (view.reader.quality === 'main') view.reader.next();
    view.permit.end({ code: 'grant-withdrawn', reason: 'withdrawn' });
    expect(() => view.reader.next()).toThrow(PermitEndedError);
    expect(view.viewers()).toEqual([0, 0, 0]);
  });

  it('is no end when only the other picture ends', () => {
    const view = moving();
    view.channel('sub').end({ code: 'camera-changed', reason: 'changed' });
    view.go(10);
    expect(view.ends).toEqual([]);
    expect(view.viewers()).toEqual([0, 0, 1]);
  });

  it('is not asked of a viewer that leaves by itself: both are left', () => {
    const view = moving();
    view.reader.close();
    expect(view.viewers()).toEqual([0, 0, 0]);
    expect(view.ends).toEqual([]);
  });
});
