import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { LivePeer } from '../../support/live-peer.ts';
import { until } from '../../support/until.ts';
import { type Attack, atEase, type Target } from './target.ts';

const SLOW = 300;
/** More than one address may have. */
const MANY = 2_100;
const MIB = 1024 * 1024;
/** A crowd may cost something while it is there; not this. */
const MOST_MEMORY = 200 * MIB;

function open(target: Target, localAddress: string, bytes: string): Promise<Socket> {
  const { hostname, port } = new URL(target.urls.police);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), localAddress });
    socket.on('error', () => undefined);
    socket.once('connect', () => {
      socket.write(bytes);
      resolve(socket);
    });
    socket.once('close', () => resolve(socket));
  });
}

function residentBytes({ run }: Target): number {
  const status = readFileSync(`/proc/${run.process.child.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

/** While a crowd is at the door, whoever is in the right comes in and those who are in stay. */
async function crowd(target: Target, count: number, bytes: string): Promise<string[]> {
  const before = residentBytes(target);
  const sockets = await Promise.all(
    Array.from({ length: count }, () => open(target, '127.0.0.9', bytes)),
  );
  const newcomer = await LivePeer.connect(target.rotterdam);
  newcomer.say({ type: 'watch', channel: 1, camera: 'shop-1', incident: target.incident });
  await newcomer.pictures(2, 1);
  newcomer.cut();
  const lost = await atEase(target);
  const taken = residentBytes(target) - before;
  for (const socket of sockets) socket.destroy();
  const memory = taken > MOST_MEMORY ? [`${Math.round(taken / MIB)} MiB of memory`] : [];
  return [...lost, ...memory];
}

const head = 'GET /v1/incidents HTTP/1.1\r\nHost: x\r\n';
const SLOWLY: Record<string, string> = {
  'say nothing': '',
  'never end their headers': `${head}X-A: b\r\n`,
  'never end a line': 'GET /v1/incidents HTTP/1.1\r\nHost: ',
  'never send the body that they announced': `POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
  'never end a chunk': `POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{`,
  'upgrade and never say hello': `GET /v1/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Protocol: liveview.v1\r\n\r\n`,
  'ask without reading the answer': `${head}\r\n`.repeat(200),
};

export const CROWDS: Attack[] = [
  ...Object.entries(SLOWLY).map(([name, bytes]) => ({
    name: `${SLOW} connections that ${name}`,
    run: (target: Target) => crowd(target, SLOW, bytes),
  })),
  {
    name: `${MANY} connections of one address`,
    run: async (target: Target) => {
      const lost = await crowd(target, MANY, '');
      return lost;
    },
  },
  {
    name: 'two hundred wrong passwords of one name',
    run: async (target: Target) => {
      const url = new URL('/v1/session', target.urls.police);
      const headers = { 'content-type': 'application/json', origin: url.origin };
      const statuses = await Promise.all(
        Array.from({ length: 200 }, async (_, index) => {
          const body = JSON.stringify({ username: 'daan', password: `guess-${index}` });
          return (await fetch(url, { method: 'POST', headers, body })).status;
        }),
      );
      const checked = statuses.filter((status) => status === 401).length;
      const lost = statuses.filter((status) => status !== 401 && status !== 429);
      await until('it goes on', async () => (await target.isWell()).length === 0);
      return [
        ...(checked > 10 ? [`${checked} passwords were tried`] : []),
        ...lost.map((status) => `it was answered ${status}`),
      ];
    },
  },
];
