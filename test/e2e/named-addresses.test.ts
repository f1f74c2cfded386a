/**
 * Every address that a device can name, in every spelling that leads elsewhere: docs/design/attacks.md. The device is
 * at one address of the loopback; at others somebody counts who arrives, and every address that is tried is noted.
 */
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { CALLS } from '../../src/cameras/onvif/calls.ts';
import { OnvifSession } from '../../src/cameras/onvif/session.ts';
import { SnapshotFetcher } from '../../src/cameras/snapshot.ts';
import { yamlOf } from '../../src/cli/discover.ts';
import { parseConfig } from '../../src/config/load.ts';
import { systemClock } from '../../src/core/clock.ts';
import { codeOf } from '../../src/core/errors.ts';
import { Secret } from '../../src/core/secret.ts';
import { type ClientOptions, describeStream } from '../../src/video/rtsp/client.ts';
import { rtspRequest, rtspResponse, serializeRequest } from '../../src/video/rtsp/message.ts';
import type { TransportKind } from '../../src/video/rtsp/transport.ts';
import { fault, type Script, ScriptedCamera } from '../cameras/support/scripted-camera.ts';
import { DEVICE_HOST, Elsewhere, Tried } from '../support/elsewhere.ts';
import { type Answer, ScriptedRtspPeer, SDP } from '../support/scripted-rtsp-peer.ts';
import { ServeRun } from '../support/serve.ts';
import { until } from '../support/until.ts';

jest.setTimeout(120_000);

/** What stands where a host and what goes before it are written; a port follows. */
const FOREIGN = [
  ...['127.0.0.2', 'localhost', 'LOCALHOST', 'localhost.', '127.0.0.2.', '0.0.0.0'],
  ...['[::1]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.2]', '[::FFFF:7F00:2]', '[::127.0.0.2]'],
  ...['2130706434', '0x7f000002', '127.2', '0177.0.0.2', '１２７.0.0.2', '127。0。0。2'],
  ...['169.254.169.254', '[fe80::1]', '[fd00:ec2::254]', 'camera.example'],
  ...['127.0.0.3@127.0.0.2', '127.0.0.3:80@127.0.0.2', 'user:p@ss@127.0.0.2', '@127.0.0.2'],
  ...['127.0.0.3%2f@127.0.0.2', '127.0.0.3%40@localhost', '127.0.0.3@LocalHost.'],
  ...['127.0.0.3.example', '127.0.0.30', '[::ffff:127.0.0.3]'],
];
/** Which host these mean depends on who reads them. */
const AMBIGUOUS = [
  ...[
    '127.0.0.3\\@127.0.0.2',
    '127.0.0.3#@127.0.0.2',
    '127.0.0.3?@127.0.0.2',
    '127.0.0.3/@127.0.0.2',
  ],
  ...[
    '127.0.0.2\\@127.0.0.3',
    '127.0.0.2#@127.0.0.3',
    '127.0.0.3:80:80@127.0.0.2',
    '127.0.0.3%00.example',
  ],
];
const ALL = [...FOREIGN, ...AMBIGUOUS];

const credentials = { username: 'viewer', password: new Secret('geheim-1') };
const never = new AbortController().signal;
const cleanup: (() => unknown)[] = [];
let elsewhere: Elsewhere;
let tried: Tried;

beforeAll(async () => {
  elsewhere = await Elsewhere.open();
});
beforeEach(() => {
  tried = new Tried();
});
afterEach(async () => {
  tried.stop();
  for (const step of cleanup.splice(0).reverse()) await step();
});
afterAll(() => elsewhere?.close());

/** An address there. */
const at = (scheme: string, name: string, path = '/live') =>
  `${scheme}://${name}:${elsewhere.port}${path}`;
/** For RTSP, whose texts are bytes here; other letters are UTF-8. */
const bytewise = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
const rtspAt = (name: string) => bytewise(at('rtsp', name));

/** Also in the places where nobody can listen. */
function expectNobodyElsewhere(alsoAllowed: readonly string[] = []): void {
  const away = tried.hosts.filter((host) => ![DEVICE_HOST, ...alsoAllowed].includes(host));
  expect({ away, arrivals: elsewhere.arrivals }).toEqual({ away: [], arrivals: 0 });
}

async function rtspDevice(answers: Record<string, Answer> = {}): Promise<ScriptedRtspPeer> {
  const device = await ScriptedRtspPeer.start(answers, { host: DEVICE_HOST });
  cleanup.push(() => device.stop());
  return device;
}

/** As far as TEARDOWN, with a report on the way. */
async function play(
  url: string,
  kind: TransportKind = 'tcp',
  more: Partial<ClientOptions> = {},
): Promise<void> {
  const described = await describeStream({ url, clock: systemClock, credentials, ...more });
  cleanup.push(() => described.close());
  const [media] = described.sdp.media;
  if (!media) throw new Error('no media');
  const nothing = () => undefined;
  const handlers = { rtp: nothing, rtcp: nothing, lostStep: nothing, otherSender: nothing };
  const playing = await (await described.setUp(media, kind, handlers)).play();
  playing.sendRtcp(Buffer.from('80c9000100000000', 'hex'));
  await playing.close();
}

const codeFrom = (call: Promise<unknown>) => call.then(() => 'ok', codeOf);

describe('who watches', () => {
  it('sees what is tried, and counts who arrives', async () => {
    const watched = await Elsewhere.open();
    cleanup.push(() => watched.close());
    for (const name of ['127.0.0.2', 'localhost', '[::1]', '[::ffff:127.0.0.2]', '2130706434']) {
      const before = watched.arrivals;
      const { hostname } = new URL(`http://${name}/`);
      const visitor = connect(watched.port, hostname.replace(/^\[|\]$/g, ''));
      visitor.on('error', () => undefined);
      await until(`somebody at ${name}`, () => watched.arrivals > before);
      visitor.destroy();
    }
    await codeFrom(describeStream({ url: 'rtsp://127.0.0.2:9/', clock: systemClock }));
    expect(tried.hosts).toContain('127.0.0.2');
  });
});

describe('an RTSP redirect', () => {
  it.each(FOREIGN)('to %s is refused, with what to do', async (name) => {
    const device = await rtspDevice({
      DESCRIBE: () => rtspResponse(302, { Location: rtspAt(name) }),
    });
    const refused = await play(device.url()).catch((error: unknown) => error);
    expect(['rtsp-redirect-refused', 'rtsp-url-invalid']).toContain(codeOf(refused));
    expect(device.methods).toEqual(['DESCRIBE']);
    expectNobodyElsewhere();
  });

  it.each(AMBIGUOUS)('to %s leads nowhere', async (name) => {
    const device = await rtspDevice({
      DESCRIBE: () => rtspResponse(302, { Location: rtspAt(name) }),
    });
    expect(await codeFrom(play(device.url()))).toMatch(/^(rtsp-|camera-unreachable)/);
    expectNobodyElsewhere();
  });

  it.each([301, 302, 303, 305, 307, 308])('%i elsewhere is refused, by TLS too', async (status) => {
    for (const Location of [
      at('rtsps', 'localhost'),
      at('RTSP', '127.0.0.2'),
      `//localhost:${elsewhere.port}/`,
    ]) {
      const device = await rtspDevice({ DESCRIBE: () => rtspResponse(status, { Location }) });
      expect(await codeFrom(play(device.url()))).toBe('rtsp-redirect-refused');
    }
    expectNobodyElsewhere();
  });

  it.each(['SETUP', 'PLAY'])('in the answer to %s is not followed', async (method) => {
    const device = await rtspDevice({
      [method]: () => rtspResponse(302, { Location: at('rtsp', '127.0.0.2') }),
    });
    expect(await codeFrom(play(device.url()))).toBe('rtsp-refused');
    expectNobodyElsewhere();
  });

  it('that the device asks for while it plays (REDIRECT) is not followed', async () => {
    const redirect = rtspRequest('REDIRECT', '*', { CSeq: '7', Location: at('rtsp', '127.0.0.2') });
    const device = await rtspDevice({
      PLAY: (_request, peer) => {
        peer.send(serializeRequest(redirect));
        return rtspResponse(200);
      },
      TEARDOWN: (_request, peer) => (peer.replies.length > 0 ? rtspResponse(200) : undefined),
    });
    await play(device.url());
    expect(device.connection.replies[0]?.status).toBe(501);
    expectNobodyElsewhere();
  });

  it('of the tunnel through HTTP is not followed', async () => {
    const location = at('http', 'localhost');
    const port = await webDevice((_request, response) => {
      response.writeHead(302, { Location: location }).end();
    });
    const url = `rtsp://${DEVICE_HOST}/live`;
    expect(await codeFrom(play(url, 'tcp', { tunnel: { port } }))).toBe('tunnel-refused');
    expectNobodyElsewhere();
  });
});

describe('what an RTSP device says besides', () => {
  it.each(ALL)('of %s changes nothing about where requests and reports go', async (name) => {
    const away = rtspAt(name);
    const device = await rtspDevice({
      DESCRIBE: () =>
        rtspResponse(200, { 'Content-Base': away, 'Content-Location': away }, sdpAt(name)),
      SETUP: (request, peer) => {
        peer.clientPort = 0;
        const transport = request.headers.get('Transport') ?? '';
        const ports = `server_port=${elsewhere.port}-${elsewhere.port + 1}`;
        const places = `source=${bytewise(name)};destination=${bytewise(name)}`;
        const Transport = `${transport};${ports};${places}`;
        return rtspResponse(200, { Session: '4711', Transport });
      },
      PLAY: () => rtspResponse(200, { Session: '4711', 'RTP-Info': `url=${away};seq=1` }),
    });
    for (const kind of ['tcp', 'udp'] as const) await play(device.url(), kind);
    expect(new Set(device.methods)).toEqual(new Set(['DESCRIBE', 'SETUP', 'PLAY', 'TEARDOWN']));
    expectNobodyElsewhere();
  });

  it.each([...ALL, '224.0.0.251', '::ffff:239.1.2.3', '239.1.2', 'ff02::fb'])(
    'of %s makes no multicast group of it',
    async (name) => {
      const Transport = `RTP/AVP;multicast;destination=${bytewise(name)};port=${elsewhere.port}-${elsewhere.port + 1};ttl=255`;
      const device = await rtspDevice({
        DESCRIBE: () => rtspResponse(200, {}, sdpAt(name)),
        SETUP: () => rtspResponse(200, { Session: '4711', Transport }),
      });
      expect(await codeFrom(play(device.url(), 'multicast'))).toBe('transport-refused');
      expectNobodyElsewhere();
    },
  );

  it('of a source makes nobody but the group hear us', async () => {
    const group = `239.255.${process.pid & 0xff}.77`;
    const ports = `port=${elsewhere.port}-${elsewhere.port + 1}`;
    const Transport = `RTP/AVP;multicast;destination=${group};${ports};source=127.0.0.2`;
    const device = await rtspDevice({
      SETUP: () => rtspResponse(200, { Session: '4711', Transport }),
    });
    await play(device.url(), 'multicast');
    expect(tried.hosts).toContain(group);
    expectNobodyElsewhere([group]);
  });
});

/** One that names this everywhere. */
function sdpAt(name: string): Buffer {
  const away = at('rtsp', name);
  const lines = [`o=- 1 1 IN IP4 ${name}`, `c=IN IP4 ${name}`, `a=control:${away}`];
  const media = SDP.replace('video 0', `video ${elsewhere.port}`)
    .replace('v=0', ['v=0', ...lines].join('\r\n'))
    .replace('trackID=1', `${away}/trackID=1\r\na=source-filter: incl IN IP4 * ${name}`);
  return Buffer.from(media);
}

async function webDevice(handle: RequestListener): Promise<number> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, DEVICE_HOST, resolve));
  cleanup.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

const NAMESPACES = [
  ...['ver10/device', 'ver10/media', 'ver20/ptz', 'ver10/events', 'ver10/deviceIO'],
];

/** All that a device of ONVIF names, there. */
function namedAt(name: string): Record<string, Script> {
  const services = NAMESPACES.map(
    (each) =>
      `<Service><Namespace>http://www.onvif.org/${each}/wsdl</Namespace><XAddr>${at('http', name, `/${each}`)}</XAddr></Service>`,
  ).join('');
  return {
    GetServices: services,
    GetStreamUri: `<MediaUri><tt:Uri>${at('rtsp', name)}</tt:Uri></MediaUri>`,
    GetSnapshotUri: `<MediaUri><tt:Uri>${at('http', name, '/snap.jpg')}</tt:Uri></MediaUri>`,
    SetSynchronizationPoint: '',
    CreatePullPointSubscription: `<SubscriptionReference><Address>${at('http', name, '/sub')}</Address></SubscriptionReference>`,
    PullMessages: '',
    Renew: '',
    Unsubscribe: '',
  };
}

async function onvifDevice(scripts: Readonly<Record<string, Script>>): Promise<ScriptedCamera> {
  const device = await ScriptedCamera.start(scripts, false, DEVICE_HOST);
  cleanup.push(() => device.stop());
  return device;
}

/** What the worker does, in this thread. */
function sessionWith({ port }: ScriptedCamera): OnvifSession {
  const known = { username: 'viewer', password: 'geheim-1' };
  const endpoint = { host: DEVICE_HOST, port, https: false, credentials: known };
  const session = new OnvifSession(endpoint, systemClock, () => undefined);
  cleanup.push(() => session.close());
  return session;
}

const OPTIONS = { signal: never };

/** Every kind of address once. @returns where it would get pictures */
async function askForEverything(session: OnvifSession): Promise<string[]> {
  const host = DEVICE_HOST;
  const streams = await CALLS.streams(session, { host }, OPTIONS);
  await CALLS.requestKeyFrame(session, { profile: '0' }, OPTIONS);
  await CALLS.describePtz(session, {}, OPTIONS);
  const snapshot = await CALLS.snapshotUri(session, { profile: '0', host }, OPTIONS);
  const point = await CALLS.createPullPoint(session, { lifetimeMs: 60_000 }, OPTIONS);
  await CALLS.pullEvents(session, { point, timeoutMs: 1_000, limit: 1 }, OPTIONS);
  await CALLS.renewPullPoint(session, { point, lifetimeMs: 60_000 }, OPTIONS);
  await CALLS.unsubscribe(session, { point }, OPTIONS);
  return [...streams.map(({ uri }) => uri), ...(snapshot === undefined ? [] : [snapshot])];
}

const ASKED = [
  ...['GetProfiles', 'GetStreamUri', 'GetSnapshotUri', 'SetSynchronizationPoint', 'GetNodes'],
  ...['CreatePullPointSubscription', 'PullMessages', 'Renew', 'Unsubscribe'],
];

describe('a device of ONVIF', () => {
  it.each(FOREIGN)('that says it is at %s is asked where it is', async (name) => {
    const device = await onvifDevice(namedAt(name));
    const places = await askForEverything(sessionWith(device));
    expect(places).toHaveLength(3);
    for (const place of places) {
      const isStream = place.startsWith('rtsp:');
      const fetcher = new SnapshotFetcher(credentials);
      const code = await codeFrom(isStream ? play(place) : fetcher.fetch(place, never));
      expect(code).toBe('camera-unreachable');
    }
    expect(device.operations()).toEqual(expect.arrayContaining(ASKED));
    expectNobodyElsewhere();
  });

  it.each(FOREIGN)('that knows GetCapabilities only, with %s, too', async (name) => {
    const services = ['Device', 'Media', 'PTZ', 'Events'].map(
      (each) => `<tt:${each}><tt:XAddr>${at('http', name, `/${each}`)}</tt:XAddr></tt:${each}>`,
    );
    const device = await onvifDevice({
      ...namedAt(name),
      GetServices: fault('ActionNotSupported'),
      GetCapabilities: `<Capabilities>${services.join('')}</Capabilities>`,
    });
    await askForEverything(sessionWith(device));
    expect(device.received.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['/Media', '/PTZ', '/Events', '/sub']),
    );
    expectNobodyElsewhere();
  });

  it.each(AMBIGUOUS)('that says it is at %s leads nowhere', async (name) => {
    const device = await onvifDevice(namedAt(name));
    expect(await codeFrom(askForEverything(sessionWith(device)))).toMatch(/^(ok|not-supported)$/);
    expect(device.operations()).toContain('GetServices');
    expectNobodyElsewhere();
  });

  it.each(['//127.0.0.2/x', '/\\127.0.0.2/x', '/@127.0.0.2/x'])(
    'whose path is %s is asked for that path',
    async (path) => {
      const device = await onvifDevice({ ...namedAt(`127.0.0.2:1${path}?x=`) });
      await askForEverything(sessionWith(device));
      expectNobodyElsewhere();
    },
  );

  it.each([301, 302, 307, 308])('that redirects by HTTP (%i) is not followed', async (status) => {
    const device = await onvifDevice({
      GetDeviceInformation: (response) =>
        void response.writeHead(status, { Location: at('http', '127.0.0.2') }).end(),
    });
    expect(await codeFrom(sessionWith(device).identity())).toBe('camera-fault');
    expectNobodyElsewhere();
  });

  it('whose challenge names a domain gets the answer itself', async () => {
    const domain = `domain="${at('http', 'localhost')} ${at('http', '127.0.0.2')}"`;
    const device = await onvifDevice({
      GetDeviceInformation: (response) =>
        void response
          .writeHead(401, { 'WWW-Authenticate': `Digest realm="r", nonce="n", ${domain}` })
          .end(),
    });
    expect(await codeFrom(sessionWith(device).identity())).toBe('camera-refused-credentials');
    expect(device.received.some(({ headers }) => headers.authorization)).toBe(true);
    expectNobodyElsewhere();
  });
});

describe('the web server of a device', () => {
  it.each([301, 302, 303, 307, 308])('redirects a snapshot (%i) in vain', async (status) => {
    const location = at('http', 'localhost');
    const port = await webDevice((_request, response) => {
      response.writeHead(status, { Location: location, Refresh: `0; url=${location}` }).end();
    });
    const fetched = new SnapshotFetcher(credentials).fetch(`http://${DEVICE_HOST}:${port}/`, never);
    expect(await codeFrom(fetched)).toBe('camera-fault');
    expectNobodyElsewhere();
  });

  it('whose challenge names a domain gets the answer itself', async () => {
    const shown: string[] = [];
    const challenge = `Digest realm="r", nonce="n", domain="${at('http', '127.0.0.2')}"`;
    const port = await webDevice(({ headers }, response) => {
      shown.push(headers.authorization ?? 'nothing');
      response.writeHead(401, { 'WWW-Authenticate': challenge }).end();
    });
    const fetched = new SnapshotFetcher(credentials).fetch(`http://${DEVICE_HOST}:${port}/`, never);
    expect(await codeFrom(fetched)).toBe('camera-refused-credentials');
    expect(shown).toEqual(['nothing', expect.stringContaining('Digest')]);
    expectNobodyElsewhere();
  });
});

it.each(ALL)(
  'a device that is discovered and says %s is written down where it answered',
  (name) => {
    const device = { uuid: 'u', types: [], scopes: [], address: DEVICE_HOST, interfaceName: 'lo' };
    const yaml = yamlOf([{ ...device, xaddrs: [at('http', name)] }]);
    expect(parseConfig(yaml, 'c.yaml').cameras.map(({ onvif }) => onvif?.host)).toEqual([
      DEVICE_HOST,
    ]);
  },
);

it('a gateway at work goes nowhere that a camera names, and says what it refused', async () => {
  const mover = await rtspDevice({
    DESCRIBE: () => rtspResponse(302, { Location: at('rtsp', 'localhost') }),
  });
  const namer = await onvifDevice(namedAt('127.0.0.2'));
  const run = await ServeRun.start({
    config: {
      cameras: [
        { id: 'mover', rtsp: { main: mover.url() }, stream: { warm: 'always' } },
        {
          id: 'namer',
          onvif: { host: DEVICE_HOST, port: namer.port },
          stream: { warm: 'always', transport: 'tcp' },
        },
      ],
    },
  });
  cleanup.push(() => run.stop());
  const logged = (camera: string, code: string) =>
    run.process.logged(new RegExp(`^.*"${camera}".*${code}.*$`, 'm'));
  await logged('mover', 'rtsp-redirect-refused');
  await logged('namer', 'camera-unreachable');
  const operator = await run.operator();
  expect((await operator.fetch('/v1/cameras/namer/snapshot.jpg')).ok).toBe(false);
  await until('events', () => namer.operations().includes('PullMessages'), 60_000);
  expect(namer.operations()).toEqual(expect.arrayContaining(['GetStreamUri', 'GetSnapshotUri']));
  expect(elsewhere.arrivals).toBe(0);
});
