import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import { digestResponse, parseAuthFields } from '../../../src/core/http-auth.ts';
import { Secret } from '../../../src/core/secret.ts';
import { type ClientOptions, describeStream } from '../../../src/video/rtsp/client.ts';
import { SELF_SIGNED, SELF_SIGNED_FINGERPRINT } from '../../support/certificates.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { IDR, ScriptedRtspPeer } from '../../support/scripted-rtsp-peer.ts';
import { type HttpRequest, TunnelPeer, type TunnelScript } from '../../support/tunnel-peer.ts';
import { until } from '../../support/until.ts';

const OPEN = 'HTTP/1.0 200 OK\r\nContent-Type: application/x-rtsp-tunnelled';
const credentials = { username: 'viewer', password: new Secret('p@:/%') };
const cleanup: (() => unknown)[] = [];

afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

async function peers(script: TunnelScript = {}) {
  const camera = await ScriptedRtspPeer.start();
  const door = await TunnelPeer.start(camera, script);
  cleanup.push(() => camera.stop());
  cleanup.push(() => door.stop());
  return { camera, door };
}

async function describeThrough(
  { camera, door }: Awaited<ReturnType<typeof peers>>,
  options: Partial<ClientOptions> = {},
) {
  const described = await describeStream({
    url: camera.url('/live?channel=1'),
    tunnel: { port: door.port },
    clock: systemClock,
    ...options,
  });
  cleanup.push(() => described.close());
  return described;
}

async function playThrough(
  both: Awaited<ReturnType<typeof peers>>,
  options: Partial<ClientOptions> = {},
) {
  const described = await describeThrough(both, options);
  const [media] = described.sdp.media;
  if (!media) throw new Error('no media');
  const packets: Buffer[] = [];
  const handlers = {
    rtp: (each: Buffer) => packets.push(each),
    rtcp() {},
    lostStep() {},
    otherSender() {},
  };
  const playing = await (await described.setUp(media, 'tcp', handlers)).play();
  return { playing, packets };
}

describe('RTSP through HTTP', () => {
  it('gets and posts with one cookie, and plays', async () => {
    const both = await peers();
    const { playing, packets } = await playThrough(both);
    both.camera.connection.picture(0, [IDR]);
    await until('two packets', () => packets.length === 2);
    playing.sendRtcp(Buffer.from('report'));
    await until('the report', () => both.camera.connection.frames.length === 1);
    expect(String(both.camera.connection.frames[0]?.payload)).toBe('report');
    await playing.close();
    expect(both.camera.methods).toEqual(['DESCRIBE', 'SETUP', 'PLAY', 'TEARDOWN']);
    await until('the end of the tunnel', () => both.camera.connection.closed);

    const [get, post] = both.door.requests;
    expect([get?.method, post?.method]).toEqual(['GET', 'POST']);
    expect([get?.path, post?.path]).toEqual(['/live?channel=1', '/live?channel=1']);
    const cookies = both.door.requests.map(({ head }) => /x-sessioncookie: (\w+)/.exec(head)?.[1]);
    expect(cookies[0]).toMatch(/^\w{22}$/);
    expect(cookies[1]).toBe(cookies[0]);
    expect(get?.head).toContain('Accept: application/x-rtsp-tunnelled');
    expect(post?.head).toContain('Content-Type: application/x-rtsp-tunnelled');
  });

  it('goes through HTTPS for rtsps, where the same certificates are believed', async () => {
    const both = await peers({ tls: SELF_SIGNED });
    const url = both.camera.url().replace('rtsp:', 'rtsps:');
    await expect(describeThrough(both, { url })).rejects.toMatchObject({
      code: 'camera-certificate-untrusted',
    });
    const trust = { fingerprint: SELF_SIGNED_FINGERPRINT };
    const described = await describeThrough(both, { url, trust });
    expect(described.sdp.media).toHaveLength(1);
    expect(both.camera.requests.map((request) => request.uri)).toEqual([url]);
  });

  it('answers a challenge of the web server, once for GET and at once for POST', async () => {
    const both = await peers({
      reply: (request) => {
        if (!signed(request)) {
          return 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm="web", nonce="n", qop="auth"';
        }
        return request.method === 'GET' ? OPEN : undefined;
      },
    });
    await describeThrough(both, { credentials });
    expect(both.door.requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'POST']);

    const wrong = { ...credentials, password: new Secret('guess') };
    await expect(describeThrough(both, { credentials: wrong })).rejects.toMatchObject({
      code: 'camera-refused-credentials',
    });
    await expect(describeThrough(both)).rejects.toMatchObject({
      code: 'camera-refused-credentials',
      message: expect.stringContaining('configure'),
    });
  });

  it('opens the upper half anew when the camera has closed it', async () => {
    const both = await peers();
    const { playing } = await playThrough(both);
    both.door.posts[0]?.destroy();
    // A report on its way while the camera closes is lost; the first after it finds out.
    await until('a second POST', () => {
      playing.sendRtcp(Buffer.from('one'));
      return both.door.posts.length === 2;
    });
    playing.sendRtcp(Buffer.from('two'));
    await until('a report', () =>
      both.camera.connection.frames.some(({ payload }) => String(payload) === 'two'),
    );
    await playing.close();
    expect(both.camera.methods.at(-1)).toBe('TEARDOWN');
  });

  it.each([
    ['knows no tunnel', 'HTTP/1.1 404 Not Found'],
    ['shows a web page instead', 'HTTP/1.1 200 OK\r\nContent-Type: text/html'],
    ['is no web server', 'SSH-2.0-dropbear'],
    ['has more header fields than anybody reads', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(100)}`],
    ['has a status that is none', 'HTTP/1.1 200x OK'],
    ['never ends its head', `HTTP/1.1 200 OK\r\n${'x'.repeat(20_000)}`],
  ])('says when what answers %s', async (_what, reply) => {
    const both = await peers({ reply: () => reply });
    await expect(describeThrough(both)).rejects.toMatchObject({ code: 'tunnel-refused' });
  });

  it('says when the POST is refused, and ends', async () => {
    const both = await peers({
      reply: ({ method }) => (method === 'GET' ? OPEN : 'HTTP/1.0 503 Service Unavailable'),
    });
    const clock = new ManualClock();
    await expect(describeThrough(both, { clock })).rejects.toMatchObject({
      code: 'tunnel-refused',
      context: { method: 'POST', status: 503 },
    });
  });

  it('does not wait for ever for the reply to GET', async () => {
    const both = await peers({ reply: () => undefined });
    const clock = new ManualClock();
    const refused = expect(describeThrough(both, { clock })).rejects.toMatchObject({
      code: 'camera-unreachable',
    });
    await until('the GET', () => both.door.requests.length === 1);
    clock.advance(5_000);
    await refused;
  });

  it('ends when the camera closes the lower half', async () => {
    const both = await peers();
    const { playing } = await playThrough(both);
    both.camera.connection.close();
    expect(await playing.ended).toMatchObject({ code: 'camera-closed' });
  });
});

function signed({ method, path, head }: HttpRequest): boolean {
  const value = /^Authorization: (.*)$/m.exec(head)?.[1]?.trim() ?? '';
  const [fields] = parseAuthFields(value);
  const given = (name: string) => fields?.params.get(name) ?? '';
  const expected = digestResponse({
    algorithm: 'MD5',
    ...{ username: 'viewer', realm: 'web', password: 'p@:/%', method, uri: path, nonce: 'n' },
    qop: { nc: given('nc'), cnonce: given('cnonce') },
  });
  return given('response') === expected;
}
