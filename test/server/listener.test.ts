import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { createListener } from '../../src/server/listener.ts';
import { RSA } from '../support/certificates.ts';
import { steadyTls } from '../support/steady-tls.ts';
import { checkFloor } from '../support/tls-attempts.ts';
import { Harness, PASSWORD } from './harness.ts';

const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));
const shown = { cert: fixture('localhost.cert.pem'), key: fixture('localhost.key.pem') };
const tls = steadyTls(shown);
/** Handshakes have ten seconds. */
const LESS_THAN_A_HANDSHAKE_MS = 8_000;

describe('a listener', () => {
  it('says what to do when its address is taken, and can be started elsewhere', async () => {
    const harness = await new Harness().start();
    const { port } = new URL(harness.listener('centre').url);
    const at = { side: 'centre' as const, host: '127.0.0.1', deps: harness.deps };
    await expect(createListener({ ...at, port: Number(port) }).start()).rejects.toMatchObject({
      code: 'address-in-use',
      message: expect.stringContaining('choose another port'),
    });
    const elsewhere = createListener({ ...at, port: 0 });
    await elsewhere.start();
    expect(elsewhere.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(elsewhere.url).not.toContain(`:${port}`);
    await elsewhere.stop();
    await harness.stop();
  });

  it('is known to listen from its start to its stop', async () => {
    const harness = new Harness();
    expect(harness.listener('police').listening).toBe(false);
    await harness.start();
    expect(harness.listener('police').listening).toBe(true);
    await harness.stop();
    expect(harness.listener('police').listening).toBe(false);
  });

  it('says so when the machine has no such address', async () => {
    const harness = await new Harness().start();
    const listener = createListener({
      ...{ side: 'centre', host: '192.0.2.77', port: 0, deps: harness.deps },
    });
    await expect(listener.start()).rejects.toMatchObject({ code: 'address-unavailable' });
    await harness.stop();
  });

  it('stops while streams and sockets are open', async () => {
    const harness = await new Harness().start();
    const socket = await harness.live('centre', 'operator');
    socket.send({ type: 'watch', channel: 1, camera: 'shop-1' });
    await socket.settled();
    await harness.stop();
    expect(harness.media.last.closed).toBe(true);
    await expect(harness.fetch('centre', '/healthz')).rejects.toThrow();
  });

  it('knows its address before it is started', async () => {
    const harness = new Harness();
    expect(harness.listener('centre').url).toBe('http://127.0.0.1:0');
    await harness.stop();
  });

  it('with TLS says so to browsers, and keeps its cookie to itself', async () => {
    const harness = await new Harness().start();
    await harness.addUser('dora', 'dispatcher', 'rotterdam');
    const listener = createListener({
      ...{ side: 'police', host: '127.0.0.1', port: 0, tls, deps: harness.deps },
    });
    await listener.start();
    const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
      const sent = request(
        `${listener.url}/v1/session`,
        { method: 'POST', ca: shown.cert, headers: { 'content-type': 'application/json' } },
        (response) => resolve(response.resume().headers),
      );
      sent.on('error', reject);
      sent.end(JSON.stringify({ username: 'dora', password: PASSWORD }));
    });
    expect(headers['strict-transport-security']).toMatch(/^max-age=/);
    expect(String(headers['set-cookie'])).toMatch(/^__Host-liveview-police=.*; Secure; SameSite=S/);
    await listener.stop();
    await harness.stop();
  });
});

describe('a handshake that comes to nothing', () => {
  it.each([
    ['that is none', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['that never begins', ''],
    ['of which the beginning came', '\x16\x03\x01'],
  ])('%s leaves no connection behind', async (_what, bytes) => {
    const harness = await new Harness().start();
    const listener = createListener({
      ...{ side: 'police', host: '127.0.0.1', port: 0, tls, deps: harness.deps },
    });
    await listener.start();
    const socket = connect(Number(new URL(listener.url).port), '127.0.0.1');
    // The other side closes nothing: it waits for what it was promised, or is gone without a word.
    const ended = new Promise((resolve) => socket.once('end', resolve).resume());
    socket.on('error', () => undefined).write(bytes, 'latin1');
    await ended;
    // A listener waits for its connections when it stops.
    await listener.stop();
    socket.destroy();
    await harness.stop();
  });

  it(
    'does not hold up the stop',
    async () => {
      const harness = await new Harness().start();
      const listener = createListener({
        ...{ side: 'police', host: '127.0.0.1', port: 0, tls, deps: harness.deps },
      });
      await listener.start();
      const socket = connect(Number(new URL(listener.url).port), '127.0.0.1');
      const closed = once(socket.resume(), 'close');
      await once(socket, 'connect');
      await listener.stop();
      await closed;
      await harness.stop();
    },
    LESS_THAN_A_HANDSHAKE_MS,
  );
});

describe.each(['centre', 'police'] as const)('TLS of the listener of the %s', (side) => {
  it('is 1.3, or 1.2 with forward secrecy and authenticated encryption, and nothing else', async () => {
    const harness = await new Harness().start();
    const listener = createListener({
      ...{ side, host: '127.0.0.1', port: 0, tls: steadyTls(RSA), deps: harness.deps },
    });
    await listener.start();
    try {
      await checkFloor(Number(new URL(listener.url).port));
    } finally {
      await listener.stop();
      await harness.stop();
    }
  });
});
