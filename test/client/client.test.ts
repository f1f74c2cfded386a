import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import type { LiveViewClientOptions, Media, Screen, WatchEnd } from '../../src/client/index.ts';
import { LiveViewClient } from '../../src/client/index.ts';
import { SocketPeer } from '../support/socket-peer.ts';
import { until } from '../support/until.ts';
import { manualClientClock } from './manual-client-clock.ts';

let peer: SocketPeer;
let clients: LiveViewClient[] = [];

beforeEach(async () => {
  peer = await SocketPeer.start();
});
afterEach(async () => {
  for (const client of clients) client.close();
  clients = [];
  await peer.stop();
});

function client(options: Partial<LiveViewClientOptions> = {}): LiveViewClient {
  const made = new LiveViewClient({
    url: peer.url,
    codecs: ['avc1.640028'],
    WebSocket,
    reconnect: { firstMs: 1, maxMs: 20 },
    ...options,
  });
  clients.push(made);
  return made;
}

const WATCHING = {
  type: 'watching',
  channel: 0,
  camera: 'shop-1',
  format: 'fmp4',
  codec: 'avc1.640028',
  width: 1920,
  height: 1080,
  generation: 1,
  quality: 'main',
};

describe('the hello', () => {
  it('carries the token, what can be decoded, and nothing in the URL', async () => {
    const welcome = await client({ token: 'tok', name: 'video wall' }).connect();
    const connection = await peer.connection();
    expect(await connection.message('hello')).toEqual({
      type: 'hello',
      protocol: 1,
      codecs: ['avc1.640028'],
      formats: ['fmp4'],
      client: 'video wall',
      token: 'tok',
    });
    expect(connection.url).toBe('/v1/live');
    expect(connection.socket.protocol).toBe('liveview.v1');
    expect(welcome).toMatchObject({ user: 'anna', controlRoom: 'rotterdam' });
  });

  it('fails for good when the gateway refuses the caller', async () => {
    peer.onHello = (connection) => {
      connection.send({ type: 'error', code: 'unauthenticated', message: 'log in first' });
      connection.socket.close(1008);
    };
    const refused = client();
    await expect(refused.connect()).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(refused.state).toBe('closed');
    expect(peer.connections).toHaveLength(1);
  });

  it.each(['too-many-messages', 'too-many-requests'])(
    'comes back when it was shown out for a passing reason: %s',
    async (code) => {
      peer.onHello = (connection) => {
        if (peer.connections.length > 1) {
          connection.welcome();
          return;
        }
        connection.send({ type: 'error', code, message: 'slower' });
        connection.socket.close(1008);
      };
      await client().connect();
      expect(peer.connections).toHaveLength(2);
    },
  );

  it('keeps trying until somebody answers', async () => {
    let refusals = 0;
    peer.onHello = (connection) => {
      if (refusals++ < 3) connection.cut();
      else connection.welcome();
    };
    await client().connect();
    expect(peer.connections).toHaveLength(4);
  });

  it('gives up after one attempt when told not to reconnect', async () => {
    peer.onHello = (connection) => connection.cut();
    await expect(client({ reconnect: false }).connect()).rejects.toMatchObject({
      code: 'socket-1006',
    });
  });

  it('says that Node has no WebSocket of its own', async () => {
    const { WebSocket: _given, ...options } = { url: peer.url, codecs: [], WebSocket };
    const own = Reflect.get(globalThis, 'WebSocket');
    Reflect.deleteProperty(globalThis, 'WebSocket');
    try {
      await expect(new LiveViewClient(options).connect()).rejects.toMatchObject({
        code: 'bad-url',
        cause: expect.objectContaining({ code: 'no-websocket' }),
      });
    } finally {
      if (own) Reflect.set(globalThis, 'WebSocket', own);
    }
  });

  it('takes silence after the opening for a dead line', async () => {
    const { manual, clock } = manualClientClock();
    peer.onHello = () => undefined;
    const connecting = client({ clock, reconnect: false }).connect();
    await (await peer.connection()).message('hello');
    manual.advance(10_000);
    await expect(connecting).rejects.toMatchObject({ code: 'no-welcome' });
  });
});

describe('watching', () => {
  it('delivers to the channel that was asked for, and only there', async () => {
    const made = client();
    await made.connect();
    const media: Media[] = [];
    const watching = made.watch(
      { camera: 'shop-1', incident: 'i1', quality: 'sub' },
      { onMedia: (fragment) => media.push(fragment) },
    );
    const connection = await peer.connection();
    expect(await connection.message('watch')).toEqual({
      type: 'watch',
      channel: watching.channel,
      camera: 'shop-1',
      incident: 'i1',
      quality: 'sub',
    });
    connection.send({ ...WATCHING, channel: watching.channel });
    connection.sendMedia({ channel: watching.channel + 1 });
    connection.sendMedia({ channel: watching.channel, flags: 1, captureUnixUs: 42 });
    await until('the fragment', () => media.length > 0);
    expect(media).toHaveLength(1);
    expect(media[0]).toMatchObject({ keyFrame: true, captureUnixUs: 42 });
    expect(watching.info).toMatchObject({ width: 1920, generation: 1 });
  });

  it('hears nothing any more after unwatch', async () => {
    const made = client();
    await made.connect();
    const seen: string[] = [];
    const watching = made.watch(
      { camera: 'shop-1' },
      { onMedia: () => seen.push('media'), onEnded: () => seen.push('ended') },
    );
    const other = made.watch({ camera: 'shop-2' }, { onMedia: () => seen.push('other') });
    watching.unwatch();
    const connection = await peer.connection();
    await connection.message('unwatch');
    connection.sendMedia({ channel: watching.channel });
    connection.send({ type: 'ended', channel: watching.channel, code: 'x', reason: '' });
    connection.sendMedia({ channel: other.channel });
    await until('the other', () => seen.length > 0);
    expect(seen).toEqual(['other']);
  });

  it('passes on drops and the end, and sends statistics only in between', async () => {
    const made = client();
    await made.connect();
    const seen: unknown[] = [];
    const watching = made.watch(
      { camera: 'shop-1' },
      {
        onMedia: () => seen.push('media'),
        onPicture: (picture) => seen.push(picture),
        onDropped: (frames) => seen.push(frames),
        onEnded: (end) => seen.push(end),
      },
    );
    const stats = { latencyMs: 12.345, bufferedMs: 0, decoded: 25, dropped: 1 };
    watching.reportStats(stats);
    const connection = await peer.connection();
    await connection.message('watch');
    connection.send(WATCHING);
    await until('the watching', () => watching.info);
    watching.reportStats(stats);
    const picture = {
      type: 'picture',
      channel: 0,
      state: 'stalled',
      since: '2026-01-01T00:00:00.000Z',
    } as const;
    connection.send(picture);
    connection.send({ type: 'dropped', channel: 0, frames: 7 });
    connection.send({ type: 'ended', channel: 0, code: 'grant-withdrawn', reason: 'withdrawn' });
    connection.sendMedia({ channel: 0 });
    await until('the end', () => watching.ended);
    watching.reportStats(stats);
    watching.unwatch();
    made.watch({ camera: 'shop-2' }, { onMedia: () => undefined });
    await connection.message('watch', 1);
    expect(seen).toEqual([picture, 7, { code: 'grant-withdrawn', reason: 'withdrawn' }]);
    expect(connection.all('stats')).toEqual([
      { type: 'stats', channel: 0, latencyMs: 12.3, bufferedMs: 0, decoded: 25, dropped: 1 },
    ]);
    expect(connection.all('unwatch')).toEqual([]);
  });

  it('ends when the gateway answers the watch with an error', async () => {
    const made = client();
    await made.connect();
    const ends: WatchEnd[] = [];
    const watching = made.watch(
      { camera: 'other' },
      { onMedia: () => undefined, onEnded: (end) => ends.push(end) },
    );
    const connection = await peer.connection();
    await connection.message('watch');
    const ref = watching.channel;
    connection.send({ type: 'error', code: 'not-shared', message: 'not shared', ref });
    await until('the end', () => ends.length);
    expect(ends).toEqual([{ code: 'not-shared', reason: 'not shared' }]);
  });

  it('takes a message that makes no sense for a broken line', async () => {
    const errors: unknown[] = [];
    const made = client({ onState: (state, error) => state === 'waiting' && errors.push(error) });
    await made.connect();
    (await peer.connection(0)).socket.send(Buffer.alloc(3));
    await peer.connection(1);
    await until('the second welcome', () => made.state === 'open');
    (await peer.connection(1)).socket.send('{"type":');
    await peer.connection(2);
    expect(errors).toEqual([
      expect.objectContaining({ code: 'bad-frame' }),
      expect.objectContaining({ code: 'bad-message' }),
    ]);
  });
});

describe('coming back', () => {
  it('says hello, watches and follows again, but not what has ended', async () => {
    const made = client();
    await made.connect();
    const screens: Screen[] = [];
    made.follow('i1', (screen) => screens.push(screen));
    made.follow('i2', () => undefined).stop();
    const kept = made.watch({ camera: 'shop-1' }, { onMedia: () => undefined });
    const ended = made.watch({ camera: 'shop-2' }, { onMedia: () => undefined });
    made.watch({ camera: 'shop-3' }, { onMedia: () => undefined }).unwatch();
    const first = await peer.connection(0);
    await first.message('watch', 2);
    const end = { type: 'ended', channel: ended.channel, code: 'incident-closed', reason: '' };
    first.send(end);
    await until('the end', () => ended.ended);
    first.cut();

    const second = await peer.connection(1);
    await second.message('follow');
    expect(second.all('watch')).toEqual([
      { type: 'watch', channel: kept.channel, camera: 'shop-1', quality: 'auto' },
    ]);
    expect(second.all('follow')).toEqual([{ type: 'follow', incident: 'i1' }]);
    second.send({ type: 'screen', incident: 'i1', tiles: [{ camera: 'shop-1' }], focus: 0 });
    second.send({ type: 'screen', incident: 'i2', tiles: [], focus: null });
    await until('the screen', () => screens.length);
    expect(screens).toEqual([{ tiles: [{ camera: 'shop-1' }], focus: 0 }]);
  });

  it('waits longer after each failure, and as short as ever after a connection that held', async () => {
    const { manual, clock } = manualClientClock();
    const made = client({ clock, random: () => 0, reconnect: { firstMs: 100, maxMs: 1_000 } });
    peer.onHello = (connection) => connection.cut();
    void made.connect().catch(() => undefined);
    for (const [index, delayMs] of [100, 200, 400].entries()) {
      await peer.connection(index);
      await until('waiting', () => made.state === 'waiting');
      if (delayMs === 400) peer.onHello = (connection) => connection.welcome();
      manual.advance(delayMs - 1);
      expect(peer.connections).toHaveLength(index + 1);
      manual.advance(1);
    }
    await until('open', () => made.state === 'open');
    manual.advance(5_000);
    (await peer.connection(3)).cut();
    await until('waiting', () => made.state === 'waiting');
    manual.advance(100);
    await peer.connection(4);
  });

  it('waits longer each time when every welcome is soon followed by the end', async () => {
    const { manual, clock } = manualClientClock();
    const made = client({ clock, random: () => 0, reconnect: { firstMs: 100, maxMs: 1_000 } });
    void made.connect();
    for (const [index, delayMs] of [100, 200, 400, 800, 1_000].entries()) {
      await until('open', () => made.state === 'open');
      manual.advance(4_999);
      (await peer.connection(index)).cut();
      await until('waiting', () => made.state === 'waiting');
      manual.advance(delayMs - 1);
      expect(made.state).toBe('waiting');
      manual.advance(1);
    }
  });

  it('waits longer each time when it says too much, however long that goes well', async () => {
    const { manual, clock } = manualClientClock();
    const made = client({ clock, random: () => 0, reconnect: { firstMs: 100, maxMs: 1_000 } });
    void made.connect();
    for (const [index, delayMs] of [100, 200, 400].entries()) {
      await until('open', () => made.state === 'open');
      manual.advance(9_000);
      const connection = await peer.connection(index);
      connection.send({ type: 'error', code: 'too-many-messages', message: 'slower' });
      connection.socket.close(1008);
      await until('waiting', () => made.state === 'waiting');
      manual.advance(delayMs - 1);
      expect(made.state).toBe('waiting');
      manual.advance(1);
    }
  });

  it('notices a line that fell silent', async () => {
    const { manual, clock } = manualClientClock();
    const made = client({ clock });
    await made.connect();
    manual.advance(10_000);
    expect(made.state).toBe('waiting');
  });

  it('connects no more after close, and calls nobody', async () => {
    const { manual, clock } = manualClientClock();
    const made = client({ clock });
    await made.connect();
    const seen: string[] = [];
    made.watch({ camera: 'a' }, { onMedia: () => undefined, onEnded: () => seen.push('ended') });
    (await peer.connection()).cut();
    await until('waiting', () => made.state === 'waiting');
    made.close();
    made.close();
    manual.advance(60_000);
    expect(made.state).toBe('closed');
    expect(peer.connections).toHaveLength(1);
    expect(seen).toEqual([]);
    await expect(made.connect()).rejects.toMatchObject({ code: 'already-connected' });
  });
});

describe('asking', () => {
  it('holds while the joystick is held, and stops with release', async () => {
    const { manual, clock } = manualClientClock();
    const made = client({ clock });
    await made.connect();
    const states: string[] = [];
    const handle = made.request({
      action: 'ptz.move',
      incident: 'i1',
      camera: 'dome',
      args: { pan: 1 },
      onState: ({ state, reason }) => states.push(`${state}${reason ? `: ${reason}` : ''}`),
    });
    const connection = await peer.connection();
    const { id } = await connection.message('request');
    const request = { id: 'gateway-7', action: 'ptz.move', state: 'running' };
    connection.send({ type: 'request', id, state: 'running', by: 'bob', request });
    await until('running', () => states.length);
    manual.advance(600);
    handle.release();
    manual.advance(600);
    await connection.message('release');
    expect(connection.all('hold')).toEqual([
      { type: 'hold', id },
      { type: 'hold', id },
      { type: 'hold', id },
    ]);
    connection.send({ type: 'request', id, state: 'done', request });
    await until('done', () => handle.final);
    expect(states).toEqual(['running', 'done']);
    expect(handle).toMatchObject({ by: 'bob', request: { id: 'gateway-7' } });
  });

  it('fails when the gateway refuses it, when the line breaks, and without a line', async () => {
    const made = client();
    const early = made.request({ action: 'ptz.home', camera: 'dome' });
    expect(early).toMatchObject({ state: 'failed', reason: 'no connection to the gateway' });
    expect(early.reasonCode).toBe('no-connection');
    await made.connect();
    const refused = made.request({ action: 'ptz.home', camera: 'fixed' });
    const lost = made.request({ action: 'ptz.move', camera: 'dome', args: { pan: 1 } });
    const connection = await peer.connection();
    await connection.message('request', 1);
    connection.send({ type: 'error', code: 'cannot-do', message: 'no home', ref: refused.id });
    await until('refused', () => refused.final);
    connection.cut();
    await until('lost', () => lost.final);
    expect(refused).toMatchObject({ state: 'failed', reason: 'no home', reasonCode: 'cannot-do' });
    expect(lost.reasonCode).toBe('connection-lost');
    expect(lost.reason).toBe('the connection to the gateway was lost');
  });

  it('writes a note, which is done when it is recorded and says why when it is not', async () => {
    const made = client();
    await expect(made.note('i1', 'x')).rejects.toMatchObject({ code: 'no-connection' });
    await made.connect();
    const connection = await peer.connection();
    const written = made.note('i1', 'a car is on its way');
    const { id, ...asked } = await connection.message('request');
    expect(asked).toEqual({
      ...{ type: 'request', action: 'note', incident: 'i1' },
      args: { text: 'a car is on its way' },
    });
    const request = { id: 'note_1', action: 'note', state: 'done' };
    connection.send({ type: 'request', id, state: 'done', request });
    await expect(written).resolves.toBeUndefined();
    const refused = made.note('i2', 'x');
    const { id: second } = await connection.message('request', 1);
    connection.send({ type: 'error', code: 'not-shared', message: 'not yours', ref: second });
    await expect(refused).rejects.toMatchObject({ code: 'not-shared', message: 'not yours' });
    const lost = made.note('i1', 'x');
    connection.cut();
    await expect(lost).rejects.toMatchObject({ code: 'connection-lost' });
  });

  it('stops what somebody else moves, by the gateway’s id', async () => {
    const made = client();
    await made.connect();
    made.stopMovement('g7');
    const connection = await peer.connection();
    expect(await connection.message('release')).toEqual({ type: 'release', id: 'g7' });
  });

  it('hands on the requests of others', async () => {
    const seen: string[] = [];
    const made = client({ onRequest: ({ request }) => seen.push(request.id) });
    await made.connect();
    const request = { id: 'g1', action: 'ptz.home', state: 'pending' };
    (await peer.connection()).send({ type: 'request', id: 'g1', state: 'pending', request });
    await until('the request', () => seen.length);
    expect(seen).toEqual(['g1']);
  });
});

describe('the clock', () => {
  it('brings the gateway’s times to ours and measures the delay', async () => {
    const { manual, clock } = manualClientClock();
    const made = client({ clock });
    expect(made.latencyMs(0)).toBeUndefined();
    await made.connect();
    const connection = await peer.connection();
    const ping = await connection.message('ping');
    const aheadMs = 90_000;
    const captureUnixUs = manual.unixUs() + aheadMs * 1000;
    manual.advance(10);
    const t0 = Number(ping['t0']);
    connection.send({ type: 'pong', t0, t1: t0 + aheadMs + 5 });
    await until('an offset', () => made.rttMs);
    manual.advance(30);
    expect(made.rttMs).toBe(10);
    expect(made.toLocalUnixUs(captureUnixUs)).toBe(captureUnixUs - aheadMs * 1000);
    expect(made.latencyMs(captureUnixUs)).toBe(40);
  });
});
