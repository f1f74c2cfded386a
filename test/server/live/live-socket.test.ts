import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import Database from 'libsql';
import { systemClock } from '../../../src/core/clock.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/until.ts';
import { Harness, OPERATOR } from '../harness.ts';
import { init, picture } from '../scripted-media.ts';

describe('the live socket', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await new Harness().start();
  });
  afterEach(() => harness.stop());

  it('welcomes a token in the header, a token in hello, and a cookie', async () => {
    await harness.addUser('dora', 'dispatcher', 'rotterdam');
    const cookie = await harness.logIn('police', 'dora');
    const byCookie = harness.connect('police', '/v1/live', { headers: { cookie } });
    expect(await byCookie.hello()).toMatchObject({
      ...{ user: 'dora', role: 'dispatcher', controlRoom: 'rotterdam', heartbeatMs: 300 },
    });
    const token = harness.token('consumer');
    const byHello = harness.connect('centre');
    expect(await byHello.hello({ token })).toMatchObject({ user: 'consumer', role: 'consumer' });
    expect(byHello.ws.protocol).toBe('liveview.v1');
    const byHeader = await harness.live('centre', 'operator');
    expect(byHeader.of('welcome')[0]?.session).toMatch(/^token-/);
  });

  it.each([
    ['no token', {}, {}],
    ['a wrong token', { token: 'lv_wrong' }, {}],
    ['a wrong cookie', {}, { headers: { cookie: 'liveview-centre=wrong' } }],
  ])('refuses %s in hello', async (_name, more, options) => {
    const socket = harness.connect('centre', '/v1/live', options);
    await socket.opened();
    socket.send({ type: 'hello', protocol: 1, codecs: [], formats: ['fmp4'], ...more });
    const error = await socket.next('error');
    expect(error.code).toBe('unauthenticated');
    await until('closed', () => socket.closed);
    expect(socket.closed).toEqual({ code: 1008, reason: 'unauthenticated' });
  });

  it('refuses the token of the other side, and a wrong one in the header before it opens', async () => {
    const police = harness.token('dispatcher', 'rotterdam');
    for (const token of [police, 'lv_wrong']) {
      const socket = harness.connect('centre', '/v1/live', { token });
      await until('refused', () => socket.refused === 401);
    }
  });

  it('wants hello first', async () => {
    const socket = harness.connect('centre', '/v1/live', { token: harness.token('operator') });
    await socket.opened();
    socket.send({ type: 'watch', channel: 1, camera: 'shop-1' });
    await until('closed', () => socket.closed);
    expect(socket.closed).toEqual({ code: 1008, reason: 'hello-expected' });
    expect(harness.media.readers).toEqual([]);
  });

  it('bears a few malformed messages and then closes', async () => {
    const socket = await harness.live('centre', 'operator');
    for (const text of ['', '{', '[]', 'null', '{"type":"nothing"}', '{"type":"watch"}']) {
      socket.ws.send(text);
    }
    socket.ws.send(Buffer.from([1, 2, 3]));
    await socket.settled();
    expect(socket.of('error').map(({ code }) => code)).toEqual(Array(7).fill('malformed-message'));
    for (let i = 0; i < 3; i += 1) socket.ws.send('{"__proto__":{"type":"hello"}}');
    await until('closed', () => socket.closed);
    expect(socket.closed).toEqual({ code: 1008, reason: 'malformed-message' });
  });

  it('closes on a message that is too large, and on too many', async () => {
    const large = await harness.live('centre', 'operator');
    large.ws.send('x'.repeat(16 * 1024 + 1));
    await until('closed', () => large.closed?.code === 1009);
    const many = await harness.live('centre', 'operator');
    for (let i = 0; i < 500; i += 1) many.send({ type: 'ping', t0: i });
    await until('closed', () => many.closed);
    expect(many.closed).toEqual({ code: 1008, reason: 'too-many-messages' });
  });

  it('closes on more pongs than anybody needs, and on pings', async () => {
    const pinging = await harness.live('centre', 'operator');
    for (let i = 0; i < 500; i += 1) pinging.ws.ping();
    await until('closed', () => pinging.closed);
    const many = await harness.live('centre', 'operator');
    for (let i = 0; i < 500; i += 1) many.ws.pong();
    await until('closed', () => many.closed);
    expect(many.closed).toEqual({ code: 1008, reason: 'too-many-messages' });
  });

  it('survives whatever it is sent', async () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const type = fc.constantFrom(
      'watch',
      'unwatch',
      'follow',
      'request',
      'hold',
      'release',
      'stats',
    );
    const shaped = fc.record({
      ...{ type, channel: value, camera: value, incident: value, id: value },
      ...{ action: fc.constantFrom('ptz.move', 'camera.switch', 'x'), args: value, quality: value },
    });
    const messages = fc.oneof(
      shaped.map((each) => JSON.stringify(each)),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(messages, { minLength: 1, maxLength: 9 }), async (texts) => {
        const socket = await harness.live('police', 'dispatcher', 'rotterdam');
        for (const text of texts) socket.ws.send(text);
        await socket.settled();
        expect(socket.mediaBytes).toBe(0);
        expect(socket.of('error').every(({ code }) => code !== 'internal-error')).toBe(true);
        socket.ws.terminate();
      }),
      { numRuns: 25 },
    );
  });

  it('ends with the login: pictures first, then the connection', async () => {
    await harness.addUser('olga', 'operator');
    const cookie = await harness.logIn('centre', 'olga');
    const socket = harness.connect('centre', '/v1/live', { headers: { cookie } });
    await socket.hello();
    socket.send({ type: 'watch', channel: 1, camera: 'shop-1' });
    await socket.settled();
    const reader = harness.media.last;
    reader.push(init());
    await harness.fetch('centre', '/v1/session', { method: 'DELETE', headers: { cookie } });
    expect(reader.closed).toBe(true);
    reader.push(picture());
    await until('closed', () => socket.closed);
    expect(socket.closed).toEqual({ code: 1008, reason: 'session-ended' });
    expect(socket.of('binary')).toHaveLength(1);
  });

  it('ends when its token is revoked', async () => {
    const socket = await harness.live('centre', 'consumer');
    harness.tokens.revoke('consumer');
    await until('closed', () => socket.closed);
    expect(socket.closed?.reason).toBe('session-ended');
  });

  it('says what time it is', async () => {
    const socket = await harness.live('centre', 'operator');
    socket.send({ type: 'ping', t0: 123.5 });
    const { t0, t1 } = await socket.next('pong');
    expect(t0).toBe(123.5);
    expect(Math.abs(t1 - systemClock.unixUs() / 1000)).toBeLessThan(5_000);
  });

  it('closes when the gateway stops, and takes nobody in any more', async () => {
    const socket = await harness.live('centre', 'operator');
    await harness.listener('centre').stop();
    await until('closed', () => socket.closed);
    expect(socket.closed).toEqual({ code: 1001, reason: 'gateway-stopping' });
  });

  it('tells of incidents: those there are, what changes, and their end', async () => {
    const before = harness.shared();
    const operator = await harness.live('centre', 'operator');
    const dispatcher = await harness.live('police', 'dispatcher', 'rotterdam');
    const elsewhere = await harness.live('police', 'dispatcher', 'den-haag');
    await operator.next('incident', ({ incident }) => incident.id === before);
    await dispatcher.next('incident', ({ incident }) => incident.id === before);
    const after = harness.shared();
    await dispatcher.next('incident', ({ incident }) => incident.id === after);
    harness.liveview.close(OPERATOR, after, { outcome: 'resolved', note: 'secret' });
    const { incident } = await dispatcher.next(
      'incident',
      (each) => each.incident.id === after && each.incident.state === 'closed',
    );
    expect(incident).toMatchObject({ cameras: [], grants: [], screen: { tiles: [] } });
    expect(JSON.stringify(dispatcher.received)).not.toContain('secret');
    await elsewhere.settled();
    expect(elsewhere.of('incident')).toEqual([]);
  });

  it('tells the centre that nothing can be recorded, now and at its welcome, and that it can again', async () => {
    const operator = await harness.live('centre', 'operator');
    const dispatcher = await harness.live('police', 'dispatcher', 'rotterdam');
    await operator.settled();
    expect(operator.of('recording')).toEqual([]);
    const other = new Database(join(harness.dataDir, 'journal.db'));
    other.exec('BEGIN IMMEDIATE');
    expect(() => harness.shared()).toThrow(expect.objectContaining({ code: 'journal-unwritable' }));
    const { recording, since = '' } = await operator.next('recording');
    expect(recording).toBe(false);
    expect(Math.abs(Date.parse(since) - harness.deps.clock.unixUs() / 1_000)).toBeLessThan(60_000);
    const later = await harness.live('centre', 'auditor');
    expect(await later.next('recording')).toEqual({ type: 'recording', recording, since });
    other.exec('ROLLBACK');
    other.close();
    harness.shared();
    for (const socket of [operator, later]) {
      await socket.next('recording', (each) => each.recording);
    }
    await dispatcher.settled();
    expect(dispatcher.of('recording')).toEqual([]);
  });

  it('does not even show by its moment that something changed that is not shared', async () => {
    const id = harness.shared();
    const dispatcher = await harness.live('police', 'dispatcher', 'rotterdam');
    await dispatcher.settled();
    const count = dispatcher.received.length;
    harness.liveview.grant(OPERATOR, id, 'den-haag', { cameras: ['shop-2'], rights: ['view'] });
    await dispatcher.settled();
    expect(dispatcher.received.length).toBe(count + 1);
  });

  it('shows the screen to whoever follows, as far as it is shared', async () => {
    const id = harness.shared();
    const dispatcher = await harness.live('police', 'dispatcher', 'rotterdam');
    dispatcher.send({ type: 'follow', incident: id });
    await dispatcher.next('screen', ({ tiles }) => tiles.length === 1);
    const tiles = [{ camera: 'shop-1' }, { camera: 'shop-2' }];
    harness.liveview.setScreen(OPERATOR, id, { tiles, focus: 0 });
    const screen = await dispatcher.next('screen', ({ tiles }) => tiles.length === 2);
    expect(screen).toEqual({
      ...{ type: 'screen', incident: id, focus: 0 },
      tiles: [{ camera: 'shop-1' }, { empty: true }],
    });
    dispatcher.send({ type: 'follow', incident: 'nothing' });
    expect(await dispatcher.next('error')).toMatchObject({ code: 'not-shared', ref: 'nothing' });
  });
});

describe('the live socket on a clock that a test moves', () => {
  it('closes when no hello comes within 5 s', async () => {
    const clock = new ManualClock();
    const harness = await new Harness({ clock }).start();
    const socket = harness.connect('centre');
    await socket.opened();
    clock.advance(4_999);
    expect(socket.closed).toBeUndefined();
    clock.advance(1);
    await until('closed', () => socket.closed);
    expect(socket.closed).toEqual({ code: 1008, reason: 'hello-timeout' });
    await harness.stopAt(clock);
  });

  it('cuts a peer that does not answer pings', async () => {
    const clock = new ManualClock();
    const harness = await new Harness({ clock }).start();
    const alive = await harness.live('centre', 'operator');
    const dead = await harness.live('centre', 'operator');
    dead.ws.pong = () => undefined;
    Object.assign(dead.ws, { _autoPong: false });
    let pings = 0;
    alive.ws.on('ping', () => {
      pings += 1;
    });
    clock.advance(15_000);
    await until('a ping', () => pings === 1);
    await alive.settled();
    clock.advance(15_000);
    await until('cut', () => dead.closed);
    expect(dead.closed?.code).toBe(1006);
    await alive.settled();
    expect(alive.closed).toBeUndefined();
    await harness.stopAt(clock);
  });
});
