import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LiveViewError } from '../../../src/core/errors.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/until.ts';
import type { TestSocket } from '../harness.ts';
import { Harness, OPERATOR } from '../harness.ts';
import { init, picture } from '../scripted-media.ts';

const KIB = 1024;

describe('the channels of a socket', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await new Harness().start();
  });
  afterEach(() => harness.stop());

  const watch = async (socket: TestSocket, channel: number, camera = 'shop-1') => {
    socket.send({ type: 'watch', channel, camera });
    await socket.settled();
    return harness.media.last;
  };

  it('say what comes before it comes, and again when it changes', async () => {
    const socket = await harness.live('centre', 'operator');
    const reader = await watch(socket, 7);
    expect(reader.wish).toEqual({
      ...{ quality: 'auto', codecs: ['avc1.640028'], formats: ['fmp4'] },
      followsChanges: true,
    });
    reader.push(init(1));
    reader.push(picture(Buffer.from('key'), true));
    reader.push({ ...init(2), codec: 'avc1.42e01e', width: 640, height: 360 });
    reader.push({ ...picture(Buffer.from('next'), true), generation: 2 }, 5);
    await socket.next('binary', ({ data }) => data.includes('next'));
    const [, , ...rest] = socket.received.filter(({ type }) => type !== 'incident');
    expect(rest.map((each) => (each.type === 'binary' ? each.data[0] : each.type))).toEqual([
      ...['watching', 1, 2, 'watching', 1, 'dropped', 2],
    ]);
    expect(socket.of('watching')).toEqual([
      expect.objectContaining({ channel: 7, camera: 'shop-1', generation: 1, quality: 'main' }),
      expect.objectContaining({ channel: 7, generation: 2, codec: 'avc1.42e01e', height: 360 }),
    ]);
    expect(socket.of('dropped')).toEqual([{ type: 'dropped', channel: 7, frames: 5 }]);
    const last = socket.of('binary').at(-1)?.data;
    expect(last?.[1]).toBe(3);
    expect(last?.readUInt32BE(4)).toBe(3);
  });

  it('are refused when in use, unknown or too many, and free again after unwatch', async () => {
    const socket = await harness.live('centre', 'operator');
    const first = await watch(socket, 0);
    await watch(socket, 0);
    expect(await socket.next('error')).toMatchObject({ code: 'channel-in-use', ref: 0 });
    socket.send({ type: 'unwatch', channel: 0 });
    await socket.settled();
    expect(first.closed).toBe(true);
    for (let channel = 0; channel < 33; channel += 1) await watch(socket, channel);
    const { code, ref } = await socket.next('error', (error) => error.ref === 32);
    expect([code, ref]).toEqual(['too-many-channels', 32]);
    socket.send({ type: 'watch', channel: 99, camera: 'nothing' });
    expect((await socket.next('error', (error) => error.ref === 99)).code).not.toBe(
      'internal-error',
    );
  });

  it('send nothing when the viewing cannot be journalled', async () => {
    const { viewings } = harness.deps;
    viewings.begin = () => {
      throw new LiveViewError('journal-unwritable', 'the disk is full');
    };
    const socket = await harness.live('centre', 'operator');
    socket.send({ type: 'watch', channel: 1, camera: 'shop-1' });
    expect(await socket.next('error')).toMatchObject({ code: 'journal-unwritable', ref: 1 });
    expect(harness.media.readers).toEqual([]);
    const token = harness.token('operator');
    const response = await harness.fetch('centre', '/v1/cameras/shop-1/live.mp4', { token });
    expect(response.status).toBe(503);
    const plain = harness.connect('centre', '/v1/cameras/shop-1/live.ws', { token });
    await until('refused', () => plain.refused === 503);
    expect(harness.media.readers).toEqual([]);
  });

  it('are recorded as over when the media could not be opened', async () => {
    harness.media.onOpen = () => {
      throw new Error('no camera');
    };
    const socket = await harness.live('centre', 'operator');
    socket.send({ type: 'watch', channel: 1, camera: 'shop-1' });
    expect((await socket.next('error')).code).toBe('internal-error');
    const kinds = [...harness.deps.journal.read()].map(({ kind }) => kind);
    expect(kinds).toEqual(['viewing.started', 'viewing.ended']);
  });

  it('end with the reason that the media gives', async () => {
    const socket = await harness.live('centre', 'operator');
    const reader = await watch(socket, 4);
    reader.listener.ended({ code: 'camera-removed', reason: 'taken out of the configuration' });
    reader.push(init());
    expect(await socket.next('ended')).toMatchObject({ channel: 4, code: 'camera-removed' });
    await socket.settled();
    expect(socket.mediaBytes).toBe(0);
    expect(reader.closed).toBe(true);
  });

  it('end when the viewer has gone', async () => {
    const socket = await harness.live('centre', 'operator');
    const reader = await watch(socket, 4);
    socket.ws.terminate();
    await until('closed', () => reader.closed);
    expect(reader.permit.ended).toBeDefined();
  });

  it('pull no more than the socket takes, and a slow viewer holds up no other', async () => {
    const slow = await harness.live('centre', 'operator');
    const quick = await harness.live('centre', 'supervisor');
    const slowReader = await watch(slow, 1);
    const quickReader = await watch(quick, 1);
    slow.ws.pause();
    for (const reader of [slowReader, quickReader]) reader.push(init());
    const pictures = 400;
    const before = process.memoryUsage().rss;
    for (let i = 0; i < pictures; i += 1) {
      const shared = picture(Buffer.alloc(100 * KIB, i));
      slowReader.push(shared);
      quickReader.push(shared);
      if (i % 20 === 0) await quick.settled();
    }
    await until('all there', () => quick.of('binary').length === pictures + 1);
    expect(slowReader.waiting).toBeGreaterThan(pictures / 2);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * KIB * KIB);
    slow.ws.resume();
    await until('caught up', () => slow.of('binary').length === pictures + 1, 30_000);
    const numbers = slow.of('binary').map(({ data }) => data.readUInt32BE(4));
    expect(numbers).toEqual(Array.from({ length: pictures + 1 }, (_, index) => index));
  });

  it('ask for no more after the last, and go on when there is more', async () => {
    const socket = await harness.live('centre', 'operator');
    const reader = await watch(socket, 0);
    reader.push(init());
    const { reads } = reader;
    reader.push(picture(Buffer.from('one'), true), 0, true);
    expect(reader.reads).toBe(reads + 1);
    reader.push(picture(Buffer.from('two')), 0, true);
    expect(reader.reads).toBe(reads + 2);
    await socket.next('binary', ({ data }) => data.includes('two'));
  });

  it('take turns: a large picture does not starve a small one', async () => {
    const socket = await harness.live('centre', 'operator');
    const large = await watch(socket, 1);
    const small = await watch(socket, 2, 'shop-2');
    socket.ws.pause();
    for (const reader of [large, small]) reader.push(init());
    for (let i = 0; i < 400; i += 1) large.push(picture(Buffer.alloc(100 * KIB)));
    for (let i = 0; i < 50; i += 1) small.push(picture(Buffer.alloc(KIB)));
    socket.ws.resume();
    const of = (channel: number) =>
      socket.of('binary').flatMap(({ data }, at) => (data.readUInt16BE(2) === channel ? [at] : []));
    await until('all small ones', () => of(2).length === 51);
    const lastSmall = of(2).at(-1) ?? Number.NaN;
    expect(of(1).filter((at) => at < lastSmall).length).toBeLessThan(300);
  });
});

describe('a viewer that cannot take what was on its way when its permit ended', () => {
  it('is cut a second later', async () => {
    const clock = new ManualClock();
    const harness = await new Harness({ clock }).start();
    const incident = harness.shared();
    const socket = await harness.live('police', 'dispatcher', 'rotterdam');
    socket.send({ type: 'watch', channel: 1, camera: 'shop-1', incident });
    await socket.settled();
    const reader = harness.media.last;
    socket.ws.pause();
    reader.push(init());
    for (let i = 0; i < 200; i += 1) reader.push(picture(Buffer.alloc(100 * KIB)));
    harness.liveview.close(OPERATOR, incident, { outcome: 'resolved', note: '' });
    clock.advance(1_000);
    socket.ws.resume();
    await until('cut', () => socket.closed);
    expect(socket.closed?.code).toBe(1006);
    expect(socket.of('ended')).toEqual([]);
    await harness.stopAt(clock);
  });
});
