import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Listener } from '../../src/server/listener.ts';
import { createListener } from '../../src/server/listener.ts';
import { clientError } from '../../src/server/refusal.ts';
import { steadyTls } from '../support/steady-tls.ts';
import { Harness } from './harness.ts';

const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));
const shown = { cert: fixture('localhost.cert.pem'), key: fixture('localhost.key.pem') };

interface Answer {
  status: number;
  headers: Map<string, string>;
  body: string;
}

/** Everything that comes back on a bare socket until it is closed. @param more sent after an answer. */
function exchange({ url }: Listener, bytes: string, more?: string): Promise<string> {
  const { hostname: host, port, protocol } = new URL(url);
  return new Promise((resolve, reject) => {
    const at = { host, port: Number(port) };
    const socket = protocol === 'https:' ? connectTls({ ...at, ca: shown.cert }) : connect(at);
    let received = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      received += chunk;
    });
    socket.on('error', (error) => (received === '' ? reject(error) : resolve(received)));
    socket.on('close', () => resolve(received));
    if (more !== undefined) socket.once('data', () => socket.write(more));
    socket.write(bytes, 'latin1');
  });
}

function parse(text: string): Answer {
  const [head = '', body = ''] = text.split('\r\n\r\n', 2);
  const [first = '', ...lines] = head.split('\r\n');
  const pairs = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { status: Number(first.split(' ')[1]), headers: new Map(pairs), body };
}

const get = (path: string, ...headers: string[]) =>
  [`GET ${path} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers, '', ''].join('\r\n');
const post = (body: string, ...headers: string[]) =>
  [
    ...['POST /v1/session HTTP/1.1', 'Host: x', 'Connection: close', ...headers],
    ...[`Content-Length: ${Buffer.byteLength(body)}`, '', body],
  ].join('\r\n');
const JSON_TYPE = 'Content-Type: application/json';
const UPGRADE = ['Connection: Upgrade', 'Upgrade: websocket'];
const upgrade = (path: string, ...headers: string[]) =>
  [`GET ${path} HTTP/1.1`, 'Host: x', ...UPGRADE, ...headers, '', ''].join('\r\n');

const REFUSED: [string, number, string, string][] = [
  ['an address that is badly encoded', 400, 'invalid-request', get('/v1/incidents/%E0%A4%A')],
  ['an id beyond all bounds', 400, 'invalid-request', get(`/v1/incidents/${'x'.repeat(200)}`)],
  ['an address beyond all bounds', 431, 'headers-too-large', get(`/${'x'.repeat(20_000)}`)],
  ['a header beyond all bounds', 431, 'headers-too-large', get('/', `X: ${'x'.repeat(20_000)}`)],
  ['an unknown path', 404, 'not-found', get('/v1/nothing')],
  ['a method that we do not know', 404, 'not-found', get('/').replace('GET', 'PROPFIND')],
  ['a method that nobody knows', 400, 'invalid-request', get('/').replace('GET', 'DANCE')],
  ['no host', 400, 'invalid-request', get('/').replace('Host: x\r\n', '')],
  ['bytes that are no HTTP', 400, 'invalid-request', '\x16\x03\x01\x00\xa5\x01\r\n\r\n'],
  ['two lengths', 400, 'invalid-request', post('{}', JSON_TYPE, 'Content-Length: 1')],
  ['an expectation', 417, 'expectation-failed', get('/', 'Expect: wonders')],
  ['a body that is no JSON', 400, 'invalid-json', post('{"a":', JSON_TYPE)],
  ['an empty body', 400, 'invalid-json', post('', JSON_TYPE)],
  ['a body that is too large', 413, 'body-too-large', post('x'.repeat(70_000), JSON_TYPE)],
  ['another kind of body', 415, 'unsupported-media-type', post('a', 'Content-Type: text/plain')],
  [
    'a body that is packed',
    ...([415, 'unsupported-media-type'] as const),
    post('{}', JSON_TYPE, 'Content-Encoding: gzip'),
  ],
  [
    'a body that is packed twice',
    ...([415, 'unsupported-media-type'] as const),
    post('{}', JSON_TYPE, 'Content-Encoding: gzip, br'),
  ],
  [
    'a chunk that is none',
    ...([400, 'invalid-request'] as const),
    `POST /v1/session HTTP/1.1\r\nHost: x\r\n${JSON_TYPE}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
  ],
  ['an upgrade of nothing', 404, 'not-found', upgrade('/v1/nothing')],
  ['a handshake without a key', 400, 'invalid-request', upgrade('/v1/live')],
  [
    'a handshake of the future',
    ...([400, 'invalid-request'] as const),
    upgrade('/v1/live', 'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==', 'Sec-WebSocket-Version: 99'),
  ],
  ['a token that does not hold', 401, 'unauthenticated', upgrade('/v1/live', 'Authorization: x')],
  ['a stranger', 401, 'unauthenticated', get('/v1/incidents')],
];

describe('whatever is refused', () => {
  let harness: Harness;
  let secure: Listener;
  beforeAll(async () => {
    harness = await new Harness().start();
    const at = { side: 'police', host: '127.0.0.1', port: 0 } as const;
    secure = createListener({ ...at, tls: steadyTls(shown), deps: harness.deps });
    await secure.start();
  });
  afterAll(async () => {
    await secure.stop();
    await harness.stop();
  });

  const doors = () => [harness.listener('centre'), harness.listener('police'), secure];

  it.each(REFUSED)(
    '%s: is a problem, %d %s, with every header of ours',
    async (_, status, code, bytes) => {
      const good = parse(await exchange(secure, get('/openapi.json')));
      expect(good.status).toBe(200);
      for (const door of doors()) {
        const { headers, body, ...answer } = parse(await exchange(door, bytes));
        expect([door.url, answer.status, JSON.parse(body)]).toEqual([
          door.url,
          status,
          {
            type: 'about:blank',
            title: expect.any(String),
            status,
            code,
            detail: expect.any(String),
          },
        ]);
        expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
        expect(headers.get('content-length')).toBe(String(Buffer.byteLength(body)));
        for (const [name, value] of good.headers) {
          if (['content-type', 'content-length', 'date', 'connection', 'keep-alive'].includes(name))
            continue;
          const expected =
            name === 'strict-transport-security' && door !== secure ? undefined : value;
          expect([name, headers.get(name)]).toEqual([name, expected]);
        }
      }
    },
  );

  it('says which version of the handshake it speaks', async () => {
    const { headers } = parse(await exchange(secure, upgrade('/v1/live')));
    expect(headers.get('sec-websocket-version')).toBe('13');
  });

  it('is not repeated at length, nor looked through at length: a stranger may send it', async () => {
    const key = '%2541+%26amp;\\u0041'.repeat(3_000);
    const login = { username: 'olga', password: 'x', [key]: 1 };
    const move = { incident: 'inc_1', action: 'ptz.move', args: { pan: 1, tilt: 0, [key]: 1 } };
    const token = harness.token('dispatcher', 'rotterdam');
    const answers = [
      harness.fetch('centre', '/v1/session', { method: 'POST', json: login }),
      harness.fetch('police', '/v1/session', { method: 'POST', json: login }),
      harness.fetch('police', '/v1/requests', { method: 'POST', token, json: move }),
    ];
    for (const answer of await Promise.all(answers)) {
      const text = await answer.text();
      expect([answer.status, text.length < 1_000, text.length]).toEqual([
        ...[400, true],
        expect.any(Number),
      ]);
    }
  });

  it('is not answered twice, nor in place of the answer to another request', async () => {
    const token = harness.token('operator');
    const authorization = `Authorization: Bearer ${token}`;
    const stream = get('/v1/cameras/shop-1/live.mp4', authorization);
    expect(await exchange(harness.listener('centre'), `${stream}DANCE\r\n\r\n`)).toBe('');
    const begun = 'POST /v1/requests HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
    const refused = await exchange(harness.listener('centre'), begun, 'zz\r\n');
    expect(refused.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401']);
  });

  it.each([
    ['ERR_HTTP_REQUEST_TIMEOUT', 'request-timeout'],
    ['HPE_HEADER_OVERFLOW', 'headers-too-large'],
    ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 'body-too-large'],
    ['HPE_INVALID_METHOD', 'invalid-request'],
  ])('has a code of ours for %s of the parser', (code, ours) => {
    expect(clientError(Object.assign(new Error('x'), { code })).code).toBe(ours);
  });
});
