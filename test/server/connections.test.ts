import { EventEmitter, once } from 'node:events';
import http, { type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectionsPaced, inTurn, takenInTime } from '../../src/server/connections.ts';
import { Entrance } from '../../src/server/entrance.ts';
import { Pace } from '../../src/server/pace.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';

const MIB = 1024 * 1024;
const open: Socket[] = [];

afterEach(() => {
  for (const socket of open) socket.destroy();
});

it('the requests of a connection are handled in turn, no more than its part waiting', async () => {
  const answers: ServerResponse[] = [];
  const slow = http.createServer(inTurn(3, (_request, response) => answers.push(response)));
  slow.listen(0, '127.0.0.1');
  await once(slow, 'listening');
  const { port } = slow.address() as AddressInfo;
  const ask = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
  const patient = connect({ host: '127.0.0.1', port });
  const greedy = connect({ host: '127.0.0.1', port });
  open.push(patient, greedy);
  let heard = '';
  patient.setEncoding('latin1').on('data', (text: string) => {
    heard += text;
  });
  for (let round = 0; round < 3; round += 1) {
    patient.write(ask.repeat(3));
    for (let each = 0; each < 3; each += 1) {
      await until('it is its turn', () => answers.length === 1);
      answers.pop()?.end(`<${round}${each}>`);
    }
  }
  await until('all are answered', () => heard.includes('<22>'));
  expect(heard.match(/<\d+>/g)).toEqual(
    ['00', '01', '02', '10', '11', '12', '20', '21', '22'].map((each) => `<${each}>`),
  );
  greedy.write(ask.repeat(20));
  greedy.on('error', () => undefined);
  await until('it is cut off', () => greedy.closed);
  expect(answers).toHaveLength(1);
  expect(patient.closed).toBe(false);
  slow.closeAllConnections();
  slow.close();
});

describe('an answer', () => {
  const clock = new ManualClock();
  const answers: ServerResponse[] = [];
  const asked = http.createServer(takenInTime(clock, (_, response) => answers.push(response)));

  beforeAll(async () => {
    asked.listen(0, '127.0.0.1');
    await once(asked, 'listening');
  });

  afterAll(() => {
    asked.closeAllConnections();
    asked.close();
  });

  /** One request, and whoever made it. */
  async function ask(): Promise<{ peer: Socket; answer: ServerResponse; ended: () => boolean }> {
    const peer = connect({ host: '127.0.0.1', port: (asked.address() as AddressInfo).port });
    open.push(peer);
    peer.on('error', () => undefined);
    peer.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const answer = await until('it is asked', () => answers.pop());
    return { peer, answer, ended: () => answer.destroyed };
  }

  it('that nobody takes is cut, after a term for what waits', async () => {
    const { peer, answer, ended } = await ask();
    peer.pause();
    answer.end(Buffer.alloc(8 * MIB));
    await until('it waits', () => answer.writableLength > MIB);
    clock.advance(30_000);
    expect(ended()).toBe(false);
    clock.advance(31_000 + 1_024_000);
    await until('it is cut', ended);
  });

  it('that is taken bit by bit is not cut, however long it is', async () => {
    const { peer, answer, ended } = await ask();
    let taken = 0;
    peer.on('data', ({ length }) => {
      taken += length;
    });
    for (let part = 1; part <= 20; part += 1) {
      answer.write(Buffer.alloc(MIB));
      await until('it is taken', () => taken >= part * MIB && answer.writableLength === 0);
      clock.advance(60_000);
    }
    expect(ended()).toBe(false);
  });

  it('that is long in the making is waited for', async () => {
    const { peer, answer, ended } = await ask();
    clock.advance(600_000);
    expect(ended()).toBe(false);
    answer.end('at last');
    await once(peer, 'data');
  });

  it('leaves no timer behind', async () => {
    const { peer, answer } = await ask();
    peer.resume();
    answer.end();
    for (const socket of open) socket.destroy();
    await until('all are forgotten', () => clock.timers === 0);
  });
});

describe('connections of a network', () => {
  let clock: ManualClock;
  let entrance: Entrance;
  let server: http.Server;
  let ended: string[];

  beforeEach(async () => {
    clock = new ManualClock();
    entrance = new Entrance({ places: 9, ofNetwork: 9, ofAccount: 9 });
    server = http.createServer((request, response) => response.end(`<${request.url}>`));
    const pace = new Pace(clock, { atOnce: 2, perSecond: 10 });
    const proxies = { isOne: (address: string) => address === '127.0.0.9' };
    ended = [];
    const onTooMany = (network: string) => ended.push(network);
    connectionsPaced(server, { entrance, pace, mostWaiting: 3, proxies, onTooMany });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    entrance.close();
    server.close();
  });

  /** @param path what it asks for; without one it says nothing. */
  async function come(path?: string, localAddress = '127.0.0.2') {
    const before = entrance.size;
    const { port } = server.address() as AddressInfo;
    const socket = connect({ host: '127.0.0.1', port, localAddress });
    open.push(socket);
    let heard = '';
    socket.on('error', () => undefined).setEncoding('latin1');
    socket.on('data', (text: string) => {
      heard += text;
    });
    if (path !== undefined) socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await until('it is seen', () => entrance.size > before || socket.closed);
    return { socket, isAnswered: () => heard.includes(`<${path}>`) };
  }

  async function several(...paths: string[]) {
    const peers = [];
    for (const path of paths) peers.push(await come(path));
    return peers;
  }

  it('begin at a pace, and have a place while they wait; others wait for none of them', async () => {
    const here = await several('/1', '/2', '/3', '/4');
    const other = await come('/5', '127.0.0.3');
    expect(entrance.size).toBe(5);
    const answered = () => here.map((each) => each.isAnswered());
    await until('these are answered', () => other.isAnswered() && answered()[1]);
    expect(answered()).toEqual([true, true, false, false]);
    clock.advance(100);
    await until('it is the turn of the next', () => answered()[2]);
    expect(answered()).toEqual([true, true, true, false]);
    clock.advance(100);
    await until('and of the last', () => answered()[3]);
    expect(clock.timers).toBe(0);
  });

  it('wait for nothing when it is a proxy', async () => {
    const paths = ['/1', '/2', '/3', '/4', '/5', '/6'];
    const peers = await Promise.all(paths.map((path) => come(path, '127.0.0.9')));
    await until('all are answered', () => peers.every((each) => each.isAnswered()));
  });

  it('take no turn when they have gone', async () => {
    await several('/1', '/2');
    const [reset, silent, patient] = [await come('/3'), await come(), await come('/4')];
    reset.socket.resetAndDestroy();
    silent.socket.end();
    await until('they are counted out', () => entrance.size === 3);
    clock.advance(100);
    await until('it is the turn of whoever is there', patient.isAnswered);
  });

  it('are ended when too many of them wait, and take no place of others', async () => {
    const here = await several('/1', '/2', '/3', '/4', '/5');
    const late = await come('/6');
    expect([late.socket.closed, entrance.size, ended]).toEqual([true, 5, ['127.0.0.2']]);
    expect(here.filter(({ socket }) => socket.closed)).toEqual([]);
    clock.advance(100);
    expect((await come('/7')).socket.closed).toBe(false);
  });

  it('of a proxy are not ended for what its neighbours of IPv6 do', () => {
    const [begun, gone]: string[][] = [[], []];
    const door = new EventEmitter() as Server;
    door.on('connection', ({ remoteAddress }: Socket) => begun?.push(String(remoteAddress)));
    const places = new Entrance({ places: 9, ofNetwork: 9, ofAccount: 9 });
    const proxies = { isOne: (address: string) => address === '2001:db8:1:b::1' };
    const pace = new Pace(clock, { atOnce: 1, perSecond: 10 });
    connectionsPaced(door, { entrance: places, pace, mostWaiting: 2, proxies });
    const from = (remoteAddress: string) => {
      const destroy = () => gone?.push(remoteAddress);
      door.emit('connection', Object.assign(new EventEmitter(), { remoteAddress, destroy }));
    };
    for (let n = 1; n <= 3; n += 1) from(`2001:db8:1:a::${n}`);
    from('2001:db8:1:b::1');
    expect([begun, gone]).toEqual([['2001:db8:1:a::1', '2001:db8:1:b::1'], []]);
  });
});
