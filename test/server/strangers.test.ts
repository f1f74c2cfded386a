import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createListener, type Listener } from '../../src/server/listener.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { steadyTls } from '../support/steady-tls.ts';
import { until } from '../support/until.ts';
import { Harness } from './harness.ts';

const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));
const tls = steadyTls({ cert: fixture('localhost.cert.pem'), key: fixture('localhost.key.pem') });
const AT_ONCE = 300;
const CONNECTIONS_AT_ONCE = 500;
const TOGETHER = 50;

let harness: Harness;
let clock: ManualClock;

beforeEach(async () => {
  clock = new ManualClock();
  harness = await new Harness({ clock }).start();
});

afterEach(() => harness.stopAt(clock));

const ask = (path: string, token?: string) =>
  harness.fetch('police', path, token === undefined ? {} : { token });

it('strangers ask at a pace, whatever they ask, and whoever is known does not wait for them', async () => {
  const paths = ['/openapi.json', '/nothing', '/v1/incidents', '/v1/session'];
  for (let asked = 0; asked < AT_ONCE; asked += TOGETHER) {
    const together = Array.from({ length: TOGETHER }, () => ask('/v1/session'));
    for (const answer of await Promise.all(together)) await answer.arrayBuffer();
  }
  const answered: string[] = [];
  const more = [...paths, '/v1/incidents'].map(async (path, each) => {
    // The last one says who they are, and it is not true.
    const answer = await ask(path, each === paths.length ? 'a'.repeat(43) : undefined);
    await answer.arrayBuffer();
    answered.push(path);
  });
  const token = harness.token('dispatcher', 'rotterdam');
  for (let each = 0; each < TOGETHER; each += 1) {
    expect((await ask('/v1/incidents', token)).status).toBe(200);
  }
  expect((await harness.fetch('centre', '/healthz')).status).toBe(200);
  expect(answered).toEqual([]);
  for (let turn = 1; turn <= more.length; turn += 1) {
    clock.advance(5);
    await until('it is answered', () => answered.length === turn);
  }
  await Promise.all(more);
});

/** Over TCP, from this address. */
function reach(listener: Listener, localAddress: string) {
  const { hostname: host, port } = new URL(listener.url);
  return connect({ host, port: Number(port), localAddress }).on('error', () => undefined);
}

/** Whether hands were shaken with whoever comes from there. */
function shake(listener: Listener, localAddress: string): () => boolean {
  const carrier = reach(listener, localAddress);
  const socket = connectTls({ socket: carrier, rejectUnauthorized: false });
  let done = false;
  socket.on('error', () => undefined);
  socket.once('secureConnect', () => {
    done = true;
  });
  return () => done;
}

it('an expectation of a stranger waits as every other request', async () => {
  const expectation = 'GET / HTTP/1.1\r\nHost: x\r\nExpect: wonders\r\n\r\n';
  const answers: string[] = [];
  for (let each = 0; each <= AT_ONCE; each += 1) {
    const socket = reach(harness.listener('police'), '127.0.0.2').setEncoding('latin1');
    socket.once('data', (text: string) => answers.push(text.slice(0, 12)));
    socket.write(expectation);
  }
  await until('these are answered', () => answers.length === AT_ONCE);
  await ask('/healthz');
  expect(answers).toHaveLength(AT_ONCE);
  clock.advance(5);
  await until('and the last', () => answers.length === AT_ONCE + 1);
  expect(new Set(answers)).toEqual(new Set(['HTTP/1.1 417']));
});

it('handshakes of a network begin at a pace, and others wait for none of them', async () => {
  const at = { side: 'police', host: '127.0.0.1', port: 0, tls } as const;
  const listener = createListener({ ...at, deps: harness.deps });
  await listener.start();
  const crowd = Array.from({ length: CONNECTIONS_AT_ONCE }, () => reach(listener, '127.0.0.1'));
  await Promise.all(crowd.map((each) => once(each, 'connect')));
  const [one, two] = [shake(listener, '127.0.0.1'), shake(listener, '127.0.0.1')];
  await until('somebody from elsewhere is in', shake(listener, '127.0.0.2'));
  expect([one(), two()]).toEqual([false, false]);
  clock.advance(5);
  await until('it is the turn of the first', one);
  expect(two()).toBe(false);
  for (const each of crowd) each.destroy();
  await listener.stop();
});
