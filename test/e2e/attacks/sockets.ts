import { WebSocket } from 'ws';
import type { ApiCaller } from '../../support/api-caller.ts';
import { until } from '../../support/until.ts';
import { type Attack, CANARY, lostIn, type Target } from './target.ts';

const LONG = 'x'.repeat(15_000);
const INCIDENT = '$INCIDENT';

/** Messages that are none of the protocol, or ask for what is not theirs. */
const MESSAGES: readonly unknown[] = [
  null,
  [],
  7,
  'hello',
  {},
  { type: null },
  { type: '__proto__' },
  { type: 'constructor' },
  { type: 'toString' },
  { type: LONG },
  { type: 'hello', protocol: 1, codecs: [], formats: ['fmp4'], token: LONG },
  { type: 'hello', protocol: 2, codecs: [], formats: [] },
  { type: 'watch' },
  ...[-1, 65_536, 1.5, '1', null, 1e308].map((channel) => ({
    ...{ type: 'watch', channel, camera: 'shop-1', incident: INCIDENT },
  })),
  ...['shop-1', 'shop-front', '../shop-1', '__proto__', '', LONG].map((camera) => ({
    ...{ type: 'watch', channel: 1, camera, incident: INCIDENT },
  })),
  { type: 'watch', channel: 2, camera: 'shop-1' },
  { type: 'watch', channel: 2, camera: 'shop-1', incident: null },
  { type: 'watch', channel: 2, camera: 'shop-1', incident: { toString: INCIDENT } },
  { type: 'watch', channel: 2, camera: ['shop-1'], incident: [INCIDENT] },
  ...['auto', 'main', 'sub', 'low', 'raw'].map((quality) => ({
    ...{ type: 'watch', channel: 3, camera: 'shop-1', incident: INCIDENT, quality },
  })),
  { type: 'unwatch', channel: 65_535 },
  { type: 'follow', incident: INCIDENT },
  { type: 'follow', incident: '*' },
  { type: 'follow', incident: '' },
  { type: 'unfollow', incident: INCIDENT },
  ...[
    'ptz.move',
    'ptz.take',
    'ptz.home',
    'camera.switch',
    'plan.show',
    'relay.set',
    'note',
    'view',
    'admin',
  ].map((action) => ({
    ...{ type: 'request', id: `a-${action}`, incident: INCIDENT, action, camera: 'shop-1' },
    args: { pan: 1, tile: 0, camera: 'shop-front', plan: 'x', output: 'x', on: true, text: 'x' },
  })),
  {
    type: 'request',
    id: 'b',
    incident: INCIDENT,
    action: 'ptz.move',
    camera: 'shop-1',
    args: { pan: 'NaN' },
  },
  { type: 'hold', id: 'a-ptz.move' },
  { type: 'release', id: 'a-ptz.move' },
  { type: 'hold', id: LONG },
  { type: 'free', camera: 'shop-1' },
  { type: 'ping', t0: 'now' },
  { type: 'stats', channel: 1, latencyMs: -1, bufferedMs: 1e308, decoded: -5, dropped: 'x' },
];

/** What came on a socket on which this was sent, until it was answered to the end. */
async function heard(caller: ApiCaller, send: (socket: WebSocket) => void, closes = false) {
  const socket = new WebSocket(caller.socketUrl, 'liveview.v1', { headers: { ...caller.headers } });
  const received: Buffer[] = [];
  let closed = false;
  socket.on('message', (data: Buffer) => received.push(data));
  socket.on('error', () => undefined);
  socket.on('close', () => {
    closed = true;
  });
  await until('it opens', () => socket.readyState === WebSocket.OPEN);
  send(socket);
  if (!closes) socket.ping();
  await Promise.race([
    new Promise((resolve) => socket.once('pong', resolve)),
    until('it is closed', () => closed),
  ]);
  socket.terminate();
  return Buffer.concat(received);
}

const HELLO = JSON.stringify({
  type: 'hello',
  protocol: 1,
  codecs: ['avc1.640028'],
  formats: ['fmp4'],
});

/** A control room with which nothing is shared says everything there is to say. */
export const SAID: Attack[] = MESSAGES.map((message, index) => ({
  name: `the live socket: message ${index + 1}, ${JSON.stringify(message).slice(0, 70)}`,
  run: async ({ denHaag, incident }: Target) => {
    const text = JSON.stringify(message).replaceAll(INCIDENT, incident);
    return lostIn(
      await heard(denHaag, (socket) => {
        socket.send(HELLO);
        socket.send(text);
      }),
    );
  },
}));

/** Before it has said who it is, the same is worth as little. */
export const SAID_BY_NOBODY: Attack[] = MESSAGES.map((message, index) => ({
  name: `the live socket, without a hello: message ${index + 1}`,
  run: async ({ denHaag, incident }: Target) => {
    const nobody = { socketUrl: denHaag.socketUrl, headers: {} } as ApiCaller;
    const text = JSON.stringify(message).replaceAll(INCIDENT, incident);
    const answer = await heard(nobody, (socket) => socket.send(text));
    const welcomed = answer.includes('"welcome"');
    return [...lostIn(answer), ...(welcomed ? ['it was welcomed'] : [])];
  },
}));

/** A frame of RFC 6455 §5.2, masked as a client's is unless told otherwise. */
function frame(first: number, payload: Buffer, { masked = true, length = payload.length } = {}) {
  const mask = Buffer.from([1, 2, 3, 4]);
  const head =
    length < 126
      ? Buffer.from([first, (masked ? 0x80 : 0) | length])
      : Buffer.from([first, (masked ? 0x80 : 0) | 127, ...bytes8(length)]);
  const body = masked ? payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0)) : payload;
  return Buffer.concat([head, masked ? mask : Buffer.alloc(0), body]);
}

function bytes8(length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  return bytes;
}

const small = Buffer.from(HELLO);
const FRAMES: Record<string, Buffer> = {
  'not masked': frame(0x81, small, { masked: false }),
  'a reserved bit': frame(0xc1, small),
  'compressed, which was not agreed': frame(0xc1, Buffer.from('f248cdc9c90700', 'hex')),
  'a reserved opcode': frame(0x83, small),
  'a reserved opcode of control': frame(0x8b, small),
  'a ping that is too long': frame(0x89, Buffer.alloc(126)),
  'a ping in pieces': frame(0x09, Buffer.alloc(4)),
  'a piece of nothing': frame(0x80, small),
  'a text within a text': Buffer.concat([frame(0x01, small), frame(0x81, small)]),
  'longer than the world': frame(0x81, small, { length: 2 ** 52 }),
  'longer than we read': frame(0x82, Buffer.alloc(20_000)),
  'in pieces, longer than we read': Buffer.concat([
    frame(0x02, Buffer.alloc(10_000)),
    ...Array.from({ length: 8 }, () => frame(0x00, Buffer.alloc(10_000))),
  ]),
  'no UTF-8': frame(0x81, Buffer.from([0xc3, 0x28])),
  'a close of one byte': frame(0x88, Buffer.from([3])),
  'a close with a code that is none': frame(0x88, Buffer.from([0, 1])),
  'a close with a reason that is no UTF-8': frame(0x88, Buffer.from([3, 232, 0xff])),
  'a flood of nothing': Buffer.concat(
    Array.from({ length: 5_000 }, () => frame(0x81, Buffer.alloc(0))),
  ),
  'a flood of pings': Buffer.concat(
    Array.from({ length: 5_000 }, () => frame(0x89, Buffer.alloc(8))),
  ),
  'HTTP again': Buffer.from('GET /v1/incidents HTTP/1.1\r\nHost: x\r\n\r\n'),
};

/** Frames that are none, behind a handshake that is one. */
export const FRAMED: Attack[] = Object.entries(FRAMES).map(([name, bytes]) => ({
  name: `the live socket: a frame, ${name}`,
  run: async (target: Target) => {
    const upgrade = [
      ...['GET /v1/live HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket'],
      ...['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg=='],
      ...['Sec-WebSocket-Protocol: liveview.v1', `Authorization: Bearer ${target.denHaag.token}`],
      ...['', ''],
    ].join('\r\n');
    // A close of its own behind it, so that what the gateway bears ends too.
    const all = Buffer.concat([Buffer.from(upgrade), bytes, frame(0x88, Buffer.alloc(0))]);
    const answer = await target.exchange('police', all);
    return lostIn(answer);
  },
}));

/** Ids that are handed out say nothing of those that are not. */
export const IDS: Attack = {
  name: 'ids that can be guessed',
  run: async ({ operator }: Target) => {
    const made = [];
    for (let count = 0; count < 20; count += 1) {
      const { id } = await operator.call<{ id: string }>('POST', '/v1/incidents', {
        ...{ type: 'other', site: 'site', summary: CANARY, cameras: [] },
      });
      made.push(id.replace(/^[a-z]+_/, ''));
      await operator.call('POST', `/v1/incidents/${id}/close`, { outcome: 'resolved', note: '' });
    }
    const short = made.filter((id) => !/^[\w-]{22,}$/.test(id));
    const alike = new Set(made.map((id) => id.slice(0, 4))).size < 20;
    return [...short.map((id) => `${id} is short`), ...(alike ? ['they begin alike'] : [])];
  },
};
