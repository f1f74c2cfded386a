import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Caller } from '../../../src/access/caller.ts';
import { PER_ACCOUNT, Places, STRANGERS_PER_ADDRESS } from '../../../src/server/live/places.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/until.ts';
import type { TestSocket } from '../harness.ts';
import { Harness } from '../harness.ts';
import { init } from '../scripted-media.ts';

const caller = (user: string): Caller => ({
  ...{ user, role: 'operator', side: 'centre', session: 's' },
  onEnd: () => () => undefined,
});
const full = expect.objectContaining({ code: 'too-many-viewers' });

describe('the places of a listener', () => {
  it('are bounded for strangers of one address, and for all strangers, but not for callers', () => {
    const places = new Places();
    const here = Array.from({ length: STRANGERS_PER_ADDRESS }, () => places.take('a', undefined));
    expect(() => places.take('a', undefined)).toThrow(full);
    for (let i = 0; i < 256 - STRANGERS_PER_ADDRESS; i += 1) places.take(`b${i}`, undefined);
    expect(() => places.take('c', undefined)).toThrow(full);
    places.take('a', caller('olga'));
    here[0]?.leave();
    here[0]?.leave();
    places.take('c', undefined);
    expect(() => places.take('d', undefined)).toThrow(full);
  });

  it('are bounded for a site of IPv6, whichever of its networks a stranger takes', () => {
    const places = new Places();
    const take = (last: number) => places.take(`2001:db8:0:${last.toString(16)}::1`, undefined);
    for (let i = 1; i <= STRANGERS_PER_ADDRESS; i += 1) take(i);
    expect(() => take(99)).toThrow(full);
    places.take('2001:db8:1:1::1', undefined);
  });

  it('are bounded for each account, and a stranger who says who it is makes room', () => {
    const places = new Places();
    for (let i = 1; i < PER_ACCOUNT; i += 1) places.take('a', caller('olga'));
    const strangers = Array.from({ length: STRANGERS_PER_ADDRESS }, () =>
      places.take('a', undefined),
    );
    const [first, second] = strangers;
    first?.giveTo(caller('olga'));
    first?.giveTo(caller('olga'));
    expect(() => second?.giveTo(caller('olga'))).toThrow(full);
    second?.giveTo(caller('otto'));
    first?.leave();
    places.take('a', caller('olga'));
    places.take('a', undefined);
    places.take('a', undefined);
    expect(() => places.take('a', undefined)).toThrow(full);
  });
});

describe('the doors of a listener', () => {
  let harness: Harness;
  let clock: ManualClock;
  beforeEach(async () => {
    clock = new ManualClock();
    harness = await new Harness({ clock }).start();
  });
  afterEach(() => harness.stopAt(clock));

  const opened = (sockets: readonly TestSocket[]) =>
    Promise.all(sockets.map((socket) => socket.opened()));

  it('open for whoever shows a token or a login, however many strangers say nothing', async () => {
    const silent = Array.from({ length: STRANGERS_PER_ADDRESS }, () => harness.connect('police'));
    await opened(silent);
    const late = harness.connect('police');
    await until('refused', () => late.refused === 503);
    await harness.live('police', 'dispatcher', 'rotterdam');
    await harness.addUser('dora', 'dispatcher', 'rotterdam');
    const cookie = await harness.logIn('police', 'dora');
    await harness.connect('police', '/v1/live', { headers: { cookie } }).hello();
    const token = harness.token('consumer', 'rotterdam');
    await silent[0]?.hello({ token });
    await harness.connect('police').opened();
  });

  it('open for others when one account has all that it may', async () => {
    const token = harness.token('operator');
    const path = '/v1/cameras/shop-1';
    await opened(
      Array.from({ length: 60 }, () => harness.connect('centre', '/v1/live', { token })),
    );
    await opened(
      Array.from({ length: 3 }, () =>
        harness.connect('centre', `${path}/live.ws`, { token, protocols: [] }),
      ),
    );
    const gone = new AbortController();
    const asked = harness.fetch('centre', `${path}/live.mp4`, { token, signal: gone.signal });
    await until('asked', () => harness.media.readers.length === 4);
    harness.media.last.push(init());
    await asked;
    for (const name of ['/v1/live', `${path}/live.ws`]) {
      const late = harness.connect('centre', name, { token, protocols: [] });
      await until('refused', () => late.refused === 503);
    }
    expect((await harness.fetch('centre', `${path}/live.mp4`, { token })).status).toBe(503);
    const byHello = harness.connect('centre');
    await byHello.opened();
    byHello.send({ type: 'hello', protocol: 1, codecs: [], formats: ['fmp4'], token });
    await until('closed', () => byHello.closed?.reason === 'too-many-viewers');
    expect(harness.media.readers).toHaveLength(4);
    await harness.live('centre', 'supervisor');
    gone.abort();
    await until('free', () => harness.media.last.closed);
    await harness.connect('centre', '/v1/live', { token }).hello();
  });
});
