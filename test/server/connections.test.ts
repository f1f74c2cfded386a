import { once } from 'node:events';
import http, { type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { inTurn, takenInTime } from '../../src/server/connections.ts';
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
