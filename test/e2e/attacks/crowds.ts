import { connect, type Socket } from 'node:net';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';

/** Where a listener is, and whom it is signed by. */
export interface Door {
  readonly host: string;
  readonly port: number;
  readonly ca: string;
}

/** Connections that all do the same. */
export interface Crowd {
  readonly name: string;
  readonly count: number;
  /** Resolves when the connection is there and has done what it does. */
  come(door: Door, localAddress: string): Promise<Socket>;
}

/** A record that announces a ClientHello of 508 bytes, and its first two (RFC 8446 §5.1, §4.1.2). */
const HALF_A_HELLO = Buffer.from('1603010200010001fc0303', 'hex');
const A_SECOND_MS = 1_000;

/** Over TCP, before anything of TLS. */
function bare(bytes: string | Buffer): Crowd['come'] {
  return (door, localAddress) =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: door.host, port: door.port, localAddress });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.on('error', () => undefined);
        if (bytes.length > 0) socket.write(bytes);
        socket.resume();
        resolve(socket);
      });
    });
}

/** Over TLS, without a certificate. @param go what it does from then on; by itself it reads nothing. */
function within(go: (socket: TLSSocket) => void): Crowd['come'] {
  return async (door, localAddress) => {
    const carrier = connect({ host: door.host, port: door.port, localAddress });
    const socket = tlsConnect({ socket: carrier, ca: door.ca, servername: 'localhost' });
    carrier.on('error', () => undefined);
    await new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('secureConnect', resolve);
    });
    socket.on('error', () => undefined);
    go(socket);
    return socket;
  };
}

function says(bytes: string): Crowd['come'] {
  return within((socket) => {
    socket.resume();
    if (bytes !== '') socket.write(bytes);
  });
}

/** Something each second, for as long as it is let. */
function keepsOn(bytes: string, more: (socket: TLSSocket) => void): Crowd['come'] {
  return within((socket) => {
    socket.write(bytes);
    const timer = setInterval(() => more(socket), A_SECOND_MS);
    socket.once('close', () => clearInterval(timer));
  });
}

const drip = (socket: TLSSocket) => {
  socket.resume();
  socket.write('x');
};
const sip = (socket: TLSSocket) => void socket.read(1);

const HEAD = 'GET /v1/incidents HTTP/1.1\r\nHost: x\r\n';
const JSON_HEAD = 'POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
const UPGRADE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Protocol: liveview.v1\r\n\r\n';

/** More connections than there are places, of a few addresses. */
export async function fillAllPlaces(door: Door): Promise<Socket[]> {
  const come = bare('');
  const arrived: Socket[] = [];
  for (let each = 1; each <= 6; each += 1) {
    // As many of one address as are taken at once or wait.
    const coming = Array.from({ length: 950 }, () => come(door, `127.0.4.${each}`));
    arrived.push(...(await Promise.all(coming)));
  }
  return arrived;
}

/** @param file of the consoles that is larger than what waits in a line. */
export function crowdsOf(file: string): Crowd[] {
  const asks = `GET ${file} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(15);
  const many: [string, Crowd['come']][] = [
    ['say nothing', bare('')],
    ['begin a handshake and leave it there', bare(HALF_A_HELLO)],
    ['speak plain HTTP', bare(`${HEAD}\r\n`)],
    ['shake hands and say nothing', says('')],
    ['never end their headers', says(`${HEAD}X-A: b\r\n`)],
    ['never end a line', says('GET /v1/incidents HTTP/1.1\r\nHost: ')],
    ['add to a header, a byte a second', keepsOn(`${HEAD}X-A: `, drip)],
    ['never send the body that they announced', says(`${JSON_HEAD}Content-Length: 1000\r\n\r\n{`)],
    ['never end a chunk', says(`${JSON_HEAD}Transfer-Encoding: chunked\r\n\r\nff\r\n{`)],
    ['send a body, a byte a second', keepsOn(`${JSON_HEAD}Content-Length: 1000\r\n\r\n{`, drip)],
    ['ask for files and read nothing', within((socket) => socket.write(asks))],
    ['ask for files and read a byte a second', keepsOn(asks, sip)],
  ];
  // Of these, so many may be at the door of one address; what is beyond is refused.
  const few: [string, Crowd['come']][] = [
    ['upgrade and never say hello', says(`GET /v1/live HTTP/1.1\r\nHost: x\r\n${UPGRADE}`)],
  ];
  return [
    ...many.map(([name, come]) => ({ name, come, count: 100 })),
    ...few.map(([name, come]) => ({ name, come, count: 32 })),
  ];
}
