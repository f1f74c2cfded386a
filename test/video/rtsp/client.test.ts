import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import { digestResponse, parseAuthFields } from '../../../src/core/http-auth.ts';
import { Secret } from '../../../src/core/secret.ts';
import {
  type ClientOptions,
  type Described,
  describeStream,
  type Playing,
} from '../../../src/video/rtsp/client.ts';
import {
  type RtspRequest,
  rtspRequest,
  rtspResponse,
  serializeRequest,
} from '../../../src/video/rtsp/message.ts';
import type { PacketHandlers } from '../../../src/video/rtsp/session.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import {
  type Answer,
  IDR,
  interleaved,
  ScriptedRtspPeer,
  SDP,
} from '../../support/scripted-rtsp-peer.ts';
import { until } from '../../support/until.ts';

const credentials = { username: 'viewer', password: new Secret('p@:/%') };
const cleanup: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

async function peer(answers: Record<string, Answer> = {}): Promise<ScriptedRtspPeer> {
  const made = await ScriptedRtspPeer.start(answers);
  cleanup.push(() => made.stop());
  return made;
}

async function describeAt(url: string, options: Partial<ClientOptions> = {}): Promise<Described> {
  const described = await describeStream({ url, clock: systemClock, ...options });
  cleanup.push(() => described.close());
  return described;
}

function receiver() {
  const rtp: Buffer[] = [];
  const rtcp: Buffer[] = [];
  let lostSteps = 0;
  const handlers: PacketHandlers = {
    rtp: (bytes) => rtp.push(bytes),
    rtcp: (bytes) => rtcp.push(bytes),
    lostStep: () => {
      lostSteps += 1;
    },
    otherSender: () => undefined,
  };
  return { handlers, rtp, rtcp, lostSteps: () => lostSteps };
}

async function play(
  camera: ScriptedRtspPeer,
  kind: 'tcp' | 'udp' = 'tcp',
  options: Partial<ClientOptions> = {},
) {
  const received = receiver();
  const described = await describeAt(camera.url(), options);
  const [media] = described.sdp.media;
  if (!media) throw new Error('no media');
  const setUp = await described.setUp(media, kind, received.handlers);
  const playing: Playing = await setUp.play();
  return { ...received, described, playing, ssrc: setUp.ssrc };
}

/** Answers 401 unless the request is signed for this nonce; counts what was accepted. */
function demandDigest(nonceNow: () => string, algorithm: 'MD5' | 'SHA-256' = 'MD5') {
  return (answer: Answer): Answer =>
    (request, connection) => {
      const challenge = `Digest realm="cam, 1", nonce="${nonceNow()}", qop="auth", algorithm=${algorithm}`;
      const refused = rtspResponse(401, { 'WWW-Authenticate': challenge });
      return signedFor(request, nonceNow(), algorithm) ? answer(request, connection) : refused;
    };
}

function signedFor(request: RtspRequest, nonce: string, algorithm: 'MD5' | 'SHA-256'): boolean {
  const [fields] = parseAuthFields(request.headers.get('Authorization') ?? '');
  const given = (name: string) => fields?.params.get(name) ?? '';
  const expected = digestResponse({
    algorithm,
    username: 'viewer',
    realm: 'cam, 1',
    password: 'p@:/%',
    method: request.method,
    uri: request.uri,
    nonce,
    qop: { nc: given('nc'), cnonce: given('cnonce') },
  });
  return given('response') === expected && given('uri') === request.uri;
}

const describeAnswer: Answer = () => rtspResponse(200, {}, Buffer.from(SDP));

describe('RTSP client', () => {
  it('describes, sets up, plays and tears down, and never sends Require', async () => {
    const camera = await peer();
    const { playing, rtp } = await play(camera);
    camera.connection.picture(0, [IDR]);
    await until('two packets', () => rtp.length === 2);
    await playing.close();
    expect(camera.methods).toEqual(['DESCRIBE', 'SETUP', 'PLAY', 'TEARDOWN']);
    expect(camera.requests.some((request) => request.headers.has('Require'))).toBe(false);
    expect(camera.requests[3]?.headers.get('Session')).toBe('4711');
    await until('the end of the connection', () => camera.connection.closed);
  });

  it('hands on packets that arrive before the reply to PLAY', async () => {
    const camera = await peer({
      PLAY: (_request, connection) => {
        connection.picture(0, [IDR]);
        return rtspResponse(200);
      },
    });
    const { rtp } = await play(camera);
    expect(rtp).toHaveLength(2);
  });

  describe('with credentials', () => {
    it.each(['MD5', 'SHA-256'] as const)('answers a %s challenge', async (algorithm) => {
      const demand = demandDigest(() => 'n1', algorithm);
      const camera = await peer({ DESCRIBE: demand(describeAnswer) });
      await describeAt(camera.url(), { credentials });
      expect(camera.methods).toEqual(['DESCRIBE', 'DESCRIBE']);
    });

    it('answers Basic where nothing else is offered', async () => {
      const camera = await peer({
        DESCRIBE: (request, connection) =>
          request.headers.has('Authorization')
            ? describeAnswer(request, connection)
            : rtspResponse(401, { 'WWW-Authenticate': 'Basic realm="r"' }),
      });
      await describeAt(camera.url(), { credentials });
      const expected = Buffer.from('viewer:p@:/%').toString('base64');
      expect(camera.requests[1]?.headers.get('Authorization')).toBe(`Basic ${expected}`);
    });

    it('says when they are refused, after one try', async () => {
      const camera = await peer({ DESCRIBE: demandDigest(() => 'n1')(describeAnswer) });
      const wrong = { ...credentials, password: new Secret('guess') };
      await expect(describeAt(camera.url(), { credentials: wrong })).rejects.toMatchObject({
        code: 'camera-refused-credentials',
      });
      expect(camera.methods).toEqual(['DESCRIBE', 'DESCRIBE']);
    });

    it('says when there are none but the camera wants some', async () => {
      const camera = await peer({ DESCRIBE: demandDigest(() => 'n1')(describeAnswer) });
      await expect(describeAt(camera.url())).rejects.toMatchObject({
        code: 'camera-refused-credentials',
        message: expect.stringContaining('configure'),
      });
    });

    it('says when it knows none of the ways that are offered', async () => {
      const challenge = { 'WWW-Authenticate': 'Negotiate' };
      const camera = await peer({ DESCRIBE: () => rtspResponse(401, challenge) });
      await expect(describeAt(camera.url(), { credentials })).rejects.toMatchObject({
        code: 'camera-authentication-unknown',
      });
    });

    it('signs a keepalive again when the nonce has expired (Axis M5525)', async () => {
      let nonce = 'n1';
      const demand = demandDigest(() => nonce);
      const camera = await peer({
        DESCRIBE: demand(describeAnswer),
        OPTIONS: demand(() => rtspResponse(200)),
      });
      const clock = new ManualClock();
      await play(camera, 'tcp', { credentials, clock });
      nonce = 'n2';
      clock.advance(30_000);
      await until(
        'both keepalives',
        () => camera.methods.filter((m) => m === 'OPTIONS').length === 2,
      );
      const beats = camera.requests.filter((request) => request.method === 'OPTIONS');
      expect(beats.map((request) => signedFor(request, 'n2', 'MD5'))).toEqual([false, true]);
      expect(beats.every((request) => request.headers.get('Session') === '4711')).toBe(true);
      expect(beats[0]?.uri).toBe(camera.url('/stream'));
    });
  });

  it('tells replies apart by CSeq, and does not wait for a keepalive', async () => {
    const camera = await peer({ OPTIONS: () => undefined });
    const clock = new ManualClock();
    const { playing } = await play(camera, 'tcp', { clock });
    clock.advance(30_000);
    await until('the keepalive', () => camera.methods.includes('OPTIONS'));
    await playing.close();
    expect(camera.methods.at(-1)).toBe('TEARDOWN');
  });

  it('understands replies without CSeq while only one is due', async () => {
    const camera = await peer({
      DESCRIBE: (_request, connection) => {
        const head = `RTSP/1.0 200 OK\r\nContent-Length: ${SDP.length}\r\n\r\n`;
        connection.send(Buffer.from(head + SDP));
        return undefined;
      },
    });
    const described = await describeAt(camera.url());
    expect(described.sdp.media).toHaveLength(1);
  });

  it('answers requests of the camera', async () => {
    const camera = await peer();
    await play(camera);
    const ask = (method: string) => rtspRequest(method, '*', { CSeq: '77' });
    camera.connection.send(serializeRequest(ask('OPTIONS')));
    camera.connection.send(serializeRequest(ask('REDIRECT')));
    await until('both answers', () => camera.connection.replies.length === 2);
    expect(camera.connection.replies.map((reply) => reply.status)).toEqual([200, 501]);
    expect(camera.connection.replies[0]?.headers.get('CSeq')).toBe('77');
  });

  describe('control addresses', () => {
    const only =
      (accepted: RegExp, otherwise = 404): Answer =>
      (request) =>
        accepted.test(request.uri)
          ? rtspResponse(200, { Session: '1', Transport: 'RTP/AVP/TCP;interleaved=0-1' })
          : rtspResponse(otherwise);

    it('appends to a URL with a query as a string', async () => {
      const camera = await peer({ SETUP: only(/\?channel=1\/trackID=1$/) });
      const described = await describeAt(camera.url('/live?channel=1'));
      const [media] = described.sdp.media;
      if (!media) throw new Error('no media');
      await described.setUp(media, 'tcp', receiver().handlers);
      expect(camera.methods).toEqual(['DESCRIBE', 'SETUP']);
    });

    it.each([400, 404])(
      'tries the other readings when the camera says %i to one',
      async (status) => {
        const camera = await peer({ SETUP: only(/\/live\/trackID=1\?channel=1$/, status) });
        const described = await describeAt(camera.url('/live?channel=1'));
        const [media] = described.sdp.media;
        if (!media) throw new Error('no media');
        await described.setUp(media, 'tcp', receiver().handlers);
        expect(camera.methods).toEqual(['DESCRIBE', 'SETUP', 'SETUP']);
      },
    );

    it('tries no other when the camera refuses what it knows', async () => {
      const camera = await peer({ SETUP: only(/\/live\/trackID=1\?channel=1$/, 453) });
      const described = await describeAt(camera.url('/live?channel=1'));
      const [media] = described.sdp.media;
      if (!media) throw new Error('no media');
      const refused = described.setUp(media, 'tcp', receiver().handlers);
      await expect(refused).rejects.toMatchObject({ code: 'camera-busy' });
      expect(camera.methods).toEqual(['DESCRIBE', 'SETUP']);
    });
  });

  describe('interleaved channels', () => {
    const granting =
      (transport: string): Answer =>
      () =>
        rtspResponse(200, { Session: '1', Transport: transport });

    it.each([
      ['obeys the ones in the reply', 'RTP/AVP/TCP;unicast;interleaved=4-5', 4],
      ['assumes the requested ones when the reply has none', 'RTP/AVP/TCP;unicast', 0],
    ])('%s, and ignores others', async (_what, transport, channel) => {
      const camera = await peer({ SETUP: granting(transport) });
      const { rtp, rtcp, playing } = await play(camera);
      camera.connection.send(interleaved(9, Buffer.from('other')));
      camera.connection.send(interleaved(channel + 1, Buffer.from('rtcp')));
      camera.connection.send(interleaved(channel, Buffer.from('rtp')));
      await until('a packet', () => rtp.length > 0);
      expect([rtp, rtcp].map((each) => each.map(String))).toEqual([['rtp'], ['rtcp']]);
      playing.sendRtcp(Buffer.from('report'));
      await until('a report', () => camera.connection.frames.length > 0);
      expect(camera.connection.frames[0]?.channel).toBe(channel + 1);
    });
  });

  it('ends with a reason when the camera loses step for good', async () => {
    const camera = await peer();
    const { playing } = await play(camera);
    camera.connection.send(Buffer.alloc(300_000, 0xff));
    expect(await playing.ended).toMatchObject({ code: 'rtsp-framing-lost' });
  });

  it('finds its step again after a partial write', async () => {
    const camera = await peer();
    const { rtp, lostSteps } = await play(camera);
    const [first, second] = camera.connection.packets(0, [IDR]);
    if (!first || !second) throw new Error('two packets expected');
    camera.connection.send(interleaved(0, first).subarray(0, 1_000));
    for (let i = 0; i < 4; i += 1) camera.connection.send(interleaved(0, second));
    await until('packets after the gap', () => rtp.length >= 3);
    expect(lostSteps()).toBe(1);
    expect(rtp.at(-1)).toEqual(second);
  });

  describe('redirects', () => {
    it('follows to another address', async () => {
      const recorder = await peer();
      const camera = await peer({
        DESCRIBE: () => rtspResponse(302, { Location: recorder.url('/moved') }),
      });
      await describeAt(camera.url());
      expect(recorder.requests[0]?.uri).toBe(recorder.url('/moved'));
      await until('the end of the first connection', () => camera.connection.closed);
    });

    it('leads to no other host', async () => {
      const recorder = await peer();
      const away = recorder.url().replace('127.0.0.1', 'localhost');
      const camera = await peer({ DESCRIBE: () => rtspResponse(302, { Location: away }) });
      await expect(describeAt(camera.url(), { credentials })).rejects.toMatchObject({
        code: 'rtsp-redirect-refused',
        message: expect.stringContaining(`configure rtsp://localhost:${new URL(away).port} as its`),
      });
      expect(recorder.requests).toEqual([]);
    });

    it('does not follow for ever', async () => {
      const camera: ScriptedRtspPeer = await peer({
        DESCRIBE: () => rtspResponse(302, { Location: camera.url('/again') }),
      });
      await expect(describeAt(camera.url())).rejects.toMatchObject({ code: 'rtsp-redirect-loop' });
      expect(camera.methods).toHaveLength(4);
    });
  });

  it.each([
    [453, 'camera-busy'],
    [500, 'camera-busy'],
    [404, 'stream-not-found'],
    [403, 'camera-refused-credentials'],
    [454, 'session-lost'],
    [551, 'rtsp-refused'],
  ])('names a reply of %i %s', async (status, code) => {
    const camera = await peer({ SETUP: () => rtspResponse(status) });
    await expect(play(camera)).rejects.toMatchObject({ code, context: { status } });
  });

  it('says when nobody is there, and what to check', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await until('a port', () => server.listening);
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    await new Promise((resolve) => server.close(resolve));
    await expect(describeAt(`rtsp://127.0.0.1:${port}/`)).rejects.toMatchObject({
      code: 'camera-unreachable',
      message: expect.stringContaining('check the address'),
    });
  });

  it.each(['DESCRIBE', 'SETUP', 'PLAY'])(
    'does not wait for ever for the reply to %s',
    async (method) => {
      const camera = await peer({ [method]: () => undefined });
      const clock = new ManualClock();
      const refused = expect(play(camera, 'tcp', { clock })).rejects.toMatchObject({
        code: 'camera-timeout',
      });
      await until('the request', () => camera.methods.includes(method));
      clock.advance(5_000);
      await refused;
    },
  );

  it.each(['DESCRIBE', 'SETUP'])('gives up at once when aborted during %s', async (method) => {
    const camera = await peer({ [method]: () => undefined });
    const abort = new AbortController();
    const attempt = play(camera, 'tcp', { signal: abort.signal });
    const gaveUp = expect(attempt).rejects.toThrow('enough');
    await until('the request', () => camera.methods.includes(method));
    abort.abort(new Error('enough'));
    await gaveUp;
    await until('the end of the connection', () => camera.connection.closed);
  });

  it('tears down when aborted during PLAY', async () => {
    const camera = await peer({ PLAY: () => undefined });
    const abort = new AbortController();
    const attempt = play(camera, 'tcp', { signal: abort.signal });
    const gaveUp = expect(attempt).rejects.toThrow('enough');
    await until('PLAY', () => camera.methods.includes('PLAY'));
    abort.abort(new Error('enough'));
    await gaveUp;
    expect(camera.methods.at(-1)).toBe('TEARDOWN');
  });

  it('waits no longer than a second for the reply to TEARDOWN', async () => {
    const camera = await peer({ TEARDOWN: () => undefined });
    const clock = new ManualClock();
    const { playing } = await play(camera, 'tcp', { clock });
    const closing = playing.close();
    await until('TEARDOWN', () => camera.methods.includes('TEARDOWN'));
    clock.advance(1_000);
    await closing;
    expect(clock.timers).toBe(0);
  });

  it.each(['http://camera/', 'rtsp://', 'camera'])('refuses the address %s', async (url) => {
    await expect(describeAt(url)).rejects.toMatchObject({ code: 'rtsp-url-invalid' });
  });

  it('sends no user information of a URL, and reports none', async () => {
    const camera = await peer({ DESCRIBE: () => rtspResponse(404) });
    const url = camera.url().replace('://', '://admin:hunter2@');
    const failure = await describeAt(url).catch((error: unknown) => error);
    expect(JSON.stringify(failure)).not.toContain('hunter2');
    expect(camera.requests[0]?.uri).toBe(camera.url());
  });

  describe('over UDP', () => {
    it('receives on two neighbouring ports and reports to the camera', async () => {
      const camera = await peer();
      const { rtp, playing } = await play(camera, 'udp');
      const transport = camera.requests[1]?.headers.get('Transport') ?? '';
      const [, from, to] = /client_port=(\d+)-(\d+)/.exec(transport) ?? [];
      expect(Number(from) % 2).toBe(0);
      expect(Number(to)).toBe(Number(from) + 1);
      camera.connection.picture(0, [IDR]);
      await until('two packets', () => rtp.length === 2);
      await playing.close();
      expect(camera.methods.at(-1)).toBe('TEARDOWN');
    });

    it('takes a datagram as large as UDP allows', async () => {
      const camera = await peer();
      const { rtp } = await play(camera, 'udp');
      camera.connection.datagrams([Buffer.alloc(65_507, 1)]);
      await until('the datagram', () => rtp.length === 1);
      expect(rtp[0]).toHaveLength(65_507);
    });

    it('may be set up again over TCP when the camera refuses', async () => {
      const camera = await peer({
        SETUP: (request) =>
          /TCP/.test(request.headers.get('Transport') ?? '')
            ? rtspResponse(200, { Session: '1' })
            : rtspResponse(461),
      });
      const described = await describeAt(camera.url());
      const [media] = described.sdp.media;
      if (!media) throw new Error('no media');
      const { handlers } = receiver();
      await expect(described.setUp(media, 'udp', handlers)).rejects.toMatchObject({
        code: 'transport-refused',
      });
      await (await described.setUp(media, 'tcp', handlers)).close();
      expect(camera.methods).toEqual(['DESCRIBE', 'SETUP', 'SETUP', 'TEARDOWN']);
    });
  });
});
