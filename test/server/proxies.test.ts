import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Proxies } from '../../src/server/proxies.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';
import { Harness, PASSWORD } from './harness.ts';

const FORWARDED = 'x-forwarded-for';

describe('for whom a proxy speaks', () => {
  const proxies = new Proxies(['127.0.0.1', '10.0.0.0/24', '2001:db8:1::/48']);
  const clientOf = (said: string | undefined, remoteAddress = '127.0.0.1') =>
    proxies.clientOf({
      socket: { remoteAddress } as Socket,
      headers: said === undefined ? {} : { [FORWARDED]: said },
    });

  it.each([
    ['one that it names', '192.0.2.1', '192.0.2.1'],
    [
      'the last one that it names: what stands before was said by whoever asked',
      '203.0.113.9, 127.0.0.1, 192.0.2.1',
      '192.0.2.1',
    ],
    [
      'the last before other proxies',
      '203.0.113.9, 192.0.2.1,10.0.0.7 ,\t2001:db8:1::5',
      '192.0.2.1',
    ],
    ['a proxy, where all are', '10.0.0.9, 10.0.0.7', '10.0.0.9'],
    ['one with a port', '192.0.2.1:50000', '192.0.2.1'],
    ['IPv6', '2001:db8:2::1', '2001:db8:2::1'],
    ['IPv6 in brackets', '[2001:db8:2::1]', '2001:db8:2::1'],
    ['IPv6 in brackets with a port', '[2001:db8:2::1]:443', '2001:db8:2::1'],
    ['IPv6 in another spelling', '2001:0DB8:0002:0:0:0:0:0001', '2001:db8:2::1'],
    ['IPv4 within IPv6', '::ffff:192.0.2.1', '192.0.2.1'],
    ['IPv4 within IPv6, in digits', '::ffff:c000:0201', '192.0.2.1'],
    ['IPv6 of a link', 'fe80::1%eth0', 'fe80::1'],
    ['itself, without a word', undefined, '127.0.0.1'],
    ['itself, when it says nothing', '', '127.0.0.1'],
    ['itself, when the last is empty', '192.0.2.1,', '127.0.0.1'],
    ['the nearest proxy that is understood', '192.0.2.1, unknown, 10.0.0.7', '10.0.0.7'],
    ...[
      ...[
        'unknown',
        '_hidden',
        'client.example',
        '192.0.2.256',
        '192.0.2.1:port',
        '192.0.2.1:123456',
      ],
      ...[
        '[192.0.2.1]',
        '[2001:db8:2::1',
        '2001:db8:2::1]:443',
        '[]',

        '192.0.2.1 192.0.2.2',
      ],
      ...['"192.0.2.1"', 'for=192.0.2.1', '192.0.2.1\u0000', '0x7f000001', '1'.repeat(10_000)],
    ].map((said) => ['itself, when it says no address', said, '127.0.0.1'] as const),
  ])('is %s: %s', (_, said, client) => {
    expect(clientOf(said)).toBe(client);
  });

  it('is nothing that anybody else may say', () => {
    for (const stranger of ['192.0.2.1', '127.0.0.2', '10.0.1.1', '2001:db8:2::1']) {
      expect(clientOf('203.0.113.9', stranger)).toBe(stranger);
    }
    expect(clientOf('203.0.113.9', '::ffff:127.0.0.1')).toBe('203.0.113.9');
  });

  it('is nobody where no proxy is configured', () => {
    const headers = { [FORWARDED]: '203.0.113.9' };
    const socket = { remoteAddress: '127.0.0.1' } as Socket;
    expect(new Proxies().clientOf({ socket, headers })).toBe('127.0.0.1');
  });
});

describe.each([
  { who: 'of a trusted proxy', trustedProxies: ['127.0.0.0/8'], isBelieved: true },
  { who: 'of anybody else', trustedProxies: ['192.0.2.0/24', '127.0.0.2'], isBelieved: false },
])('the word $who', ({ trustedProxies, isBelieved }) => {
  let harness: Harness;
  let clock: ManualClock;
  beforeEach(async () => {
    clock = new ManualClock();
    harness = await new Harness({ clock, deps: { trustedProxies } }).start();
    await harness.addUser('olga', 'operator');
  });
  afterEach(() => harness.stopAt(clock));

  const answers = isBelieved ? 'makes' : 'makes nothing of';
  const asked = (address: string) => ({
    [FORWARDED]: `198.51.100.66, ${address}`,
    forwarded: 'for=198.51.100.77',
    'x-real-ip': '198.51.100.88',
  });
  const logIn = (address: string, password: string) =>
    harness.fetch('centre', '/v1/session', {
      ...{ method: 'POST', json: { username: 'olga', password } },
      headers: asked(address),
    });

  it(`${answers} an address of its own for the limit on logins and for the journal`, async () => {
    for (let i = 0; i < 3; i += 1) await logIn('192.0.2.1', 'wrong wrong');
    const statuses = [
      (await logIn('192.0.2.1', PASSWORD)).status,
      (await logIn('192.0.2.2', PASSWORD)).status,
    ];
    expect(statuses).toEqual(isBelieved ? [429, 201] : [429, 429]);
    const addresses = [...harness.deps.journal.read()].map(({ actor }) => actor.address);
    expect(new Set(addresses)).toEqual(
      new Set(isBelieved ? ['192.0.2.1', '192.0.2.2'] : ['127.0.0.1']),
    );
  });

  it(`${answers} a pace of its own for a stranger`, async () => {
    for (let i = 0; i < 300; i += 50) {
      const together = Array.from({ length: 50 }, () =>
        harness.fetch('centre', '/v1/session', { headers: asked('192.0.2.1') }),
      );
      for (const answer of await Promise.all(together)) await answer.arrayBuffer();
    }
    const answered: string[] = [];
    const ask = async (address: string) => {
      await (
        await harness.fetch('centre', '/v1/session', { headers: asked(address) })
      ).arrayBuffer();
      answered.push(address);
    };
    const waiting = [ask('192.0.2.1')];
    if (isBelieved) {
      await ask('192.0.2.2');
      expect(answered).toEqual(['192.0.2.2']);
    } else waiting.push(ask('192.0.2.2'));
    clock.advance(1);
    await harness.fetch('centre', '/healthz', { token: harness.token('admin') });
    expect(answered).toEqual(isBelieved ? ['192.0.2.2'] : []);
    await until('all have their turn', () => {
      clock.advance(5);
      return answered.length === 2;
    });
    await Promise.all(waiting);
  });

  it(`${answers} places of its own for a stranger's live sockets`, async () => {
    const connect = (address: string) =>
      harness.connect('centre', '/v1/live', { headers: asked(address) });
    const first = Array.from({ length: 32 }, () => connect('192.0.2.1'));
    await until('all are there', () => first.every(({ ws }) => ws.readyState === ws.OPEN));
    const [same, other] = [connect('192.0.2.1'), connect('192.0.2.2')];
    const isSettled = () =>
      [same, other].every(({ ws, refused }) => refused !== undefined || ws.readyState === ws.OPEN);
    await until('the others are answered', isSettled);
    expect(same.refused).toBeDefined();
    expect(other.refused === undefined).toBe(isBelieved);
  });
});
