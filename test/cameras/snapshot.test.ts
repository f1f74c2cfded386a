import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { MAX_SNAPSHOT_BYTES, SnapshotFetcher } from '../../src/cameras/snapshot.ts';
import { digestResponse, parseAuthFields } from '../../src/core/http-auth.ts';
import { Secret } from '../../src/core/secret.ts';
import { jpegOf } from '../support/jpeg.ts';
import { until } from '../support/until.ts';
import { SELF_SIGNED } from './support/self-signed.ts';

const JPEG = jpegOf(640, 360);
const credentials = { username: 'viewer', password: new Secret('gehéim:@') };
const never = new AbortController().signal;
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A camera's web server; gives its address and counts what it was asked. */
async function webServer(answer: Answer, https = false) {
  const asked: string[] = [];
  const handle: Answer = (request, response) => {
    asked.push(request.headers.authorization ?? 'nothing shown');
    answer(request, response);
  };
  const server = https ? createTlsServer(SELF_SIGNED, handle) : createServer(handle);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http${https ? 's' : ''}://127.0.0.1:${port}/snap.jpg?ch=1`, asked };
}

const give: Answer = (_request, response) => response.end(JPEG);

function demand(challenge: string, accept: (request: IncomingMessage) => boolean): Answer {
  return (request, response) => {
    if (accept(request)) return response.end(JPEG);
    response.setHeader('WWW-Authenticate', ['Negotiate', challenge]);
    response.statusCode = 401;
    return response.end('who are you?');
  };
}

/** @param nonce what counts now. */
function digest(nonce: () => string): Answer {
  const right = ({ headers, method = '', url = '' }: IncomingMessage) => {
    const params = parseAuthFields(headers.authorization ?? '')[0]?.params;
    const field = (name: string) => params?.get(name) ?? '';
    const expected = digestResponse({
      ...{ algorithm: 'SHA-256', username: 'viewer', password: 'gehéim:@', realm: 'cam' },
      ...{ method, uri: url, nonce: nonce() },
      qop: { nc: field('nc'), cnonce: field('cnonce') },
    });
    return field('response') === expected && field('uri') === url;
  };
  return (request, response) =>
    demand(`Digest realm="cam", nonce="${nonce()}", qop="auth", algorithm=SHA-256`, right)(
      request,
      response,
    );
}

describe('the snapshot of a camera', () => {
  it.each([false, true])('is fetched (HTTPS: %s)', async (https) => {
    const { url } = await webServer(give, https);
    expect(await new SnapshotFetcher(undefined).fetch(url, never)).toEqual(JPEG);
  });

  it('is signed with Digest, at once from the second time on', async () => {
    const { url, asked } = await webServer(digest(() => 'n1'));
    const fetcher = new SnapshotFetcher(credentials);
    for (let times = 0; times < 3; times += 1) await fetcher.fetch(url, never);
    expect(asked[0]).toBe('nothing shown');
    expect(asked).toHaveLength(4);
    expect(asked.join()).not.toContain('Basic');
  });

  it('is signed anew when the nonce has expired', async () => {
    let nonce = 'n1';
    const { url, asked } = await webServer(digest(() => nonce));
    const fetcher = new SnapshotFetcher(credentials);
    await fetcher.fetch(url, never);
    nonce = 'n2';
    expect(await fetcher.fetch(url, never)).toEqual(JPEG);
    expect(asked).toHaveLength(4);
  });

  it('is signed with Basic where the camera knows nothing else', async () => {
    const expected = `Basic ${Buffer.from('viewer:gehéim:@').toString('base64')}`;
    const right = ({ headers }: IncomingMessage) => headers.authorization === expected;
    const { url } = await webServer(demand('Basic realm="cam"', right));
    expect(await new SnapshotFetcher(credentials).fetch(url, never)).toEqual(JPEG);
  });

  it.each([
    ['a wrong password, after one try', credentials, 2],
    ['no password', undefined, 1],
  ])('is not given for %s', async (_what, shown, times) => {
    const { url, asked } = await webServer(demand('Basic realm="cam"', () => false));
    await expect(new SnapshotFetcher(shown).fetch(url, never)).rejects.toMatchObject({
      code: 'camera-refused-credentials',
    });
    expect(asked).toHaveLength(times);
  });

  it.each<[string, Answer]>([
    ['a page', (_request, response) => response.end('<html>log in</html>')],
    ['a picture that is cut off', (_request, response) => response.end(JPEG.subarray(0, -4))],
    ['an error', (_request, response) => response.writeHead(500).end(JPEG)],
    [
      'another address',
      (_request, response) => response.writeHead(302, { Location: '/other.jpg' }).end(JPEG),
    ],
    [
      'a picture that is packed',
      (_request, response) =>
        response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(JPEG)),
    ],
    [
      'more than any picture has',
      (_request, response) => response.end(Buffer.concat([JPEG, Buffer.alloc(MAX_SNAPSHOT_BYTES)])),
    ],
  ])('is refused when the camera gives %s', async (_what, answer) => {
    const { url, asked } = await webServer(answer);
    await expect(new SnapshotFetcher(undefined).fetch(url, never)).rejects.toMatchObject({
      code: 'camera-fault',
    });
    expect(asked).toHaveLength(1);
  });

  it('is given up at once when nobody waits any more', async () => {
    const { url, asked } = await webServer((_request, response) => response.write('\xff'));
    const controller = new AbortController();
    const fetched = new SnapshotFetcher(undefined).fetch(url, controller.signal);
    await until('the request', () => asked.length === 1);
    controller.abort(new Error('enough'));
    await expect(fetched).rejects.toThrow('enough');
  });

  it('cannot be had where nobody listens, or when the line is cut', async () => {
    const { url } = await webServer((_request, response) => {
      response.writeHead(200, { 'Content-Length': 1_000 });
      response.write(JPEG, () => response.destroy());
    });
    for (const address of ['http://127.0.0.1:1/', url]) {
      await expect(new SnapshotFetcher(undefined).fetch(address, never)).rejects.toMatchObject({
        code: 'camera-unreachable',
      });
    }
  });
});
