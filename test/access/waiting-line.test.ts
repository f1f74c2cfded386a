import { describe, expect, it } from '@jest/globals';
import { networkOf, widerNetworkOf } from '../../src/access/network.ts';
import { WaitingLine } from '../../src/access/waiting-line.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';

const LIMITS = { atOnce: 1, ofOne: 4, waiting: 6, waitMs: 5_000 };

/** One that is served at a time, and who was, in order. */
function line() {
  const clock = new ManualClock();
  const waiting = new WaitingLine(clock, LIMITS);
  const served: string[] = [];
  const refused: string[] = [];
  let leave: (() => void) | undefined;
  const come = (who: string, gone?: AbortSignal) => {
    const [address = ''] = who.split(' ');
    void waiting.enter(networkOf(address), widerNetworkOf(address), gone).then(
      (done) => {
        served.push(who);
        leave = done;
      },
      () => refused.push(who),
    );
  };
  const next = async () => {
    await settle();
    const done = leave;
    leave = undefined;
    done?.();
    await settle();
  };
  const all = async () => {
    do await next();
    while (leave);
  };
  return { clock, come, next, all, served, refused };
}

describe('the line of those who wait for a check', () => {
  it('serves at once while there is room, and the next when one is done', async () => {
    const { come, next, served } = line();
    come('192.0.2.1 a');
    come('192.0.2.1 b');
    await settle();
    expect(served).toEqual(['192.0.2.1 a']);
    await next();
    expect(served).toEqual(['192.0.2.1 a', '192.0.2.1 b']);
  });

  it('gives networks turns, and the addresses of one network among themselves', async () => {
    const { come, all, served } = line();
    const [a, b, c] = ['2001:db8:1:1::1', '2001:db8:1:2::1', '198.51.100.1'];
    for (const who of [`${a} 1`, `${a} 2`, `${a} 3`, `${b} 1`, `${c} 1`, `${c} 2`]) come(who);
    await all();
    expect(served).toEqual([`${a} 1`, `${a} 2`, `${c} 1`, `${b} 1`, `${c} 2`, `${a} 3`]);
  });

  it('takes four of one place, those that wait included', async () => {
    const { come, refused } = line();
    for (const each of [1, 2, 3, 4, 5]) come(`2001:db8:1:1::${each}`);
    await settle();
    expect(refused).toEqual(['2001:db8:1:1::5']);
  });

  it('is full for the newest of the network that has most in it, not for a newcomer', async () => {
    const { come, all, served, refused } = line();
    for (const each of [0, 1, 2, 3, 4, 5, 6]) come(`203.0.113.${each}`);
    come('198.51.100.1');
    come('192.0.2.1');
    await settle();
    expect(refused).toEqual(['203.0.113.6', '203.0.113.5']);
    come('203.0.113.7');
    await all();
    expect(refused).toEqual(['203.0.113.6', '203.0.113.5', '203.0.113.7']);
    expect(served.slice(0, 4)).toEqual([
      ...['203.0.113.0', '203.0.113.1', '198.51.100.1', '192.0.2.1'],
    ]);
  });

  it('refuses whoever came last where all have as many', async () => {
    const { come, refused } = line();
    for (const each of [0, 1, 2, 3, 4, 5, 6, 7]) come(`192.0.${each}.1`);
    await settle();
    expect(refused).toEqual(['192.0.7.1']);
  });

  it('is left by whoever goes, and nobody waits for ever', async () => {
    const { clock, come, all, served, refused } = line();
    const gone = new AbortController();
    come('192.0.2.1');
    come('192.0.2.2', gone.signal);
    clock.advance(1_000);
    come('192.0.2.3');
    gone.abort();
    come('192.0.2.4', gone.signal);
    await settle();
    expect(refused).toEqual(['192.0.2.2', '192.0.2.4']);
    clock.advance(4_999);
    come('192.0.2.5');
    await settle();
    expect(refused).toHaveLength(2);
    clock.advance(1);
    await all();
    expect(refused).toEqual(['192.0.2.2', '192.0.2.4', '192.0.2.3']);
    expect(served).toEqual(['192.0.2.1', '192.0.2.5']);
    expect(clock.timers).toBe(0);
  });

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:3::1', true],
    ['2001:db8::1', '2001:db8:0:3::1', true],
    ['2001:db8:1:2::1', '2001:db8:2:2::1', false],
    ['192.0.2.1', '192.0.2.200', true],
    ['192.0.2.1', '192.0.3.1', false],
    ['unknown', '192.0.2.1', false],
  ])('holds %s and %s to be one network: %s', (one, other, isOne) => {
    expect(widerNetworkOf(one) === widerNetworkOf(other)).toBe(isOne);
  });
});
