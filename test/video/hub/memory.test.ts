import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { silentLogger } from '../../../src/core/log.ts';
import { Slab } from '../../../src/core/slab.ts';
import type { Fragment, FragmentReader } from '../../../src/video/fragment.ts';
import { Channel } from '../../../src/video/hub/channel.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { init, permitFor, picture } from './pictures.ts';

const clock = new ManualClock();

/** A channel whose pictures share the memory of a slab, as a packager makes them. */
function setUp() {
  const slab = new Slab(4_096);
  const channel = new Channel({ log: silentLogger, onLeft: () => undefined });
  channel.fragment(init());
  let count = 0;
  const used = new Set<unknown>();
  const next = (size: number) => {
    const bytes = slab.allocate(size).fill(count % 251);
    used.add(bytes.buffer);
    channel.fragment({ ...picture(count), bytes, memory: slab.block });
    count += 1;
  };
  return { channel, next, used };
}

describe('the memory of pictures', () => {
  it('that nobody has seen is used again', () => {
    const { next, used } = setUp();
    for (let i = 0; i < 2_000; i += 1) next(1_000);
    expect(used.size).toBeLessThan(10);
  });

  it('that somebody has been given is never used again, whoever comes, reads late and goes', () => {
    const act = fc.oneof(
      { weight: 8, arbitrary: fc.record({ picture: fc.integer({ min: 1, max: 5_000 }) }) },
      fc.constantFrom('join', 'leave', 'group'),
      fc.record({ read: fc.nat(9), count: fc.integer({ min: 1, max: 12 }) }),
    );
    const acts = fc.array(act, { maxLength: 300, size: 'max' });
    fc.assert(
      fc.property(acts, (list) => {
        const { channel, next } = setUp();
        const viewers: FragmentReader[] = [];
        const given: Fragment[] = [];
        const join = () =>
          channel.join(permitFor(clock), { readable: () => undefined, ended: () => undefined });
        for (const each of list) {
          if (each === 'join') viewers.push(join());
          else if (each === 'leave') viewers.shift()?.close();
          // As an encoder begins with.
          else if (each === 'group')
            given.push(...channel.pictures.group().map(({ media }) => media));
          else if ('picture' in each) next(each.picture);
          else {
            const reader = viewers[each.read % Math.max(1, viewers.length)];
            for (let i = 0; i < each.count; i += 1) {
              const delivery = reader?.next();
              if (delivery) given.push(delivery.fragment);
            }
          }
        }
        for (const fragment of given) {
          if (fragment.kind === 'init') continue;
          const number = fragment.captureUnixUs / 40_000;
          expect(fragment.bytes.every((byte) => byte === number % 251)).toBe(true);
        }
      }),
    );
  });
});
