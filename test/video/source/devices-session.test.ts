/** What devices do to a session, each as a peer on a real socket that does it. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { digestResponse, parseAuthFields } from '../../../src/core/http-auth.ts';
import { Secret } from '../../../src/core/secret.ts';
import { parseRtcp, type SenderReport, serializeRtcp } from '../../../src/video/rtp/rtcp.ts';
import { type RtspRequest, rtspResponse } from '../../../src/video/rtsp/message.ts';
import { DeviceTable } from '../../support/device-table.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { IDR, type PeerConnection, SDP } from '../../support/scripted-rtsp-peer.ts';
import { until } from '../../support/until.ts';

const table = new DeviceTable();

afterEach(() => table.clear());

describe('keepalive', () => {
  it('of the VLC server: OPTIONS first, GET_PARAMETER once it says so, in the session, at half its time', async () => {
    const vlc = await table.device({
      SETUP: (request) =>
        rtspResponse(200, {
          Session: '4711;timeout=20',
          Transport: request.headers.get('Transport') ?? '',
        }),
      OPTIONS: () => rtspResponse(200, { Public: 'DESCRIBE, SETUP, GET_PARAMETER' }),
      GET_PARAMETER: () => undefined,
    });
    const clock = new ManualClock();
    const { source, peer, units } = await table.playing(vlc, { clock });
    peer.picture(0, [IDR]);
    await until('a picture', () => units.length === 1);
    clock.advance(10_000);
    await until('OPTIONS', () => vlc.methods.includes('OPTIONS'));
    // Its reply is read before the picture behind it.
    peer.picture(900_000, [IDR]);
    await until('another picture', () => units.length === 2);
    clock.advance(10_000);
    await until('GET_PARAMETER', () => vlc.methods.includes('GET_PARAMETER'));
    const beats = vlc.requests.slice(3);
    expect(beats.map((each) => each.headers.get('Session'))).toEqual(['4711', '4711']);
    expect(beats.map((each) => each.uri)).toEqual([vlc.url(), vlc.url()]);
    peer.picture(1_800_000, [IDR]);
    await until('a picture beside the unanswered keepalive', () => units.length === 3);
    await source.stop();
  });
});

describe('keepalive that breaks a device', () => {
  it('leads back to OPTIONS for good, though GET_PARAMETER is what it says it knows', async () => {
    const camera = await table.device({
      SETUP: (request) =>
        rtspResponse(200, {
          Session: '4711;timeout=20',
          Transport: request.headers.get('Transport') ?? '',
        }),
      OPTIONS: () => rtspResponse(200, { Public: 'DESCRIBE, SETUP, GET_PARAMETER' }),
      GET_PARAMETER: () => rtspResponse(500),
    });
    const clock = new ManualClock();
    const { source, peer, units } = await table.playing(camera, { clock });
    peer.picture(0, [IDR]);
    await until('a picture', () => units.length === 1);
    for (let beat = 1; beat <= 4; beat += 1) {
      clock.advance(10_000);
      await until('the keepalive', () => camera.methods.length === 3 + beat);
      // The reply is read before the picture behind it.
      peer.picture(900_000 * beat, [IDR]);
      await until('a picture', () => units.length === 1 + beat);
    }
    const beats = ['OPTIONS', 'GET_PARAMETER', 'OPTIONS', 'OPTIONS'];
    expect(camera.methods.slice(3)).toEqual(beats);
    expect(source.counters.reconnects).toBe(0);
    await source.stop();
  });
});

describe('session descriptions', () => {
  it.each([
    [
      'with unknown media and attributes in between',
      `m=application 0 RTP/AVP 107\na=control:x\nm=mystery\n${SDP}`,
    ],
    [
      'with bare line feeds, spaces and garbage',
      `garbage\n\n = \n${SDP.replaceAll('\r\n', ' \n')}a=\n`,
    ],
    ['without a payload type in the media line', SDP.replace('AVP 96', 'AVP')],
    ['without a codec but with its parameters', SDP.replace(/a=rtpmap.*\r\n/, '')],
  ])('%s', async (_what, sdp) => {
    const camera = await table.device({ DESCRIBE: () => rtspResponse(200, {}, Buffer.from(sdp)) });
    const { peer, units } = await table.playing(camera);
    peer.picture(0, [IDR]);
    await until('a picture', () => units.length === 1);
  });
});

describe('SETUP', () => {
  it('with an ONVIF back channel breaks Dahua: it is never asked for', async () => {
    const dahua = await table.device({
      SETUP: (request) =>
        request.headers.has('Require')
          ? rtspResponse(551)
          : rtspResponse(200, {
              Session: '1',
              Transport: request.headers.get('Transport') ?? '',
            }),
    });
    const { peer, units } = await table.playing(dahua);
    peer.picture(0, [IDR]);
    await until('a picture', () => units.length === 1);
  });

  it('goes to the Content-Base, and to the address that was asked where that is nonsense', async () => {
    const camera = await table.device({
      DESCRIBE: () =>
        rtspResponse(200, { 'Content-Base': 'rtsp://0.0.0.0/wrong/' }, Buffer.from(SDP)),
      SETUP: (request) =>
        request.uri.includes('wrong')
          ? rtspResponse(404)
          : rtspResponse(200, { Session: '1', Transport: request.headers.get('Transport') ?? '' }),
    });
    const { peer, units } = await table.playing(camera);
    peer.picture(0, [IDR]);
    await until('a picture', () => units.length === 1);
    const asked = camera.requests.filter(({ method }) => method === 'SETUP').map(({ uri }) => uri);
    expect(asked[0]).toBe('rtsp://0.0.0.0/wrong/trackID=1');
    expect(asked.at(-1)).toBe(camera.url('/stream/trackID=1'));
  });
});

describe('authentication', () => {
  const credentials = { username: 'operator', password: new Secret('p@:/%é') };
  const realm = Buffer.from('Käm "1", West').toString('latin1');

  /** Several challenges in two fields, one of them unknown, and one that has to be found in a list. */
  const challenges = [
    ['WWW-Authenticate', 'Digest realm="x", nonce="n0", algorithm=SHA-512-256, Negotiate'],
    [
      'WWW-Authenticate',
      `Digest realm="${realm.replaceAll('"', '\\"')}", nonce="a,b", qop="auth-int, auth", algorithm=SHA-256`,
    ],
    ['WWW-Authenticate', 'Basic realm="x"'],
  ] as const;

  function isSigned(request: RtspRequest): boolean {
    const [fields] = parseAuthFields(request.headers.get('Authorization') ?? '');
    const given = (name: string) => fields?.params.get(name) ?? '';
    const expected = digestResponse({
      ...{ algorithm: 'SHA-256', realm, nonce: 'a,b' },
      ...{ username: 'operator', password: 'p@:/%é' },
      ...{ method: request.method, uri: request.uri },
      qop: { nc: given('nc'), cnonce: given('cnonce') },
    });
    return given('response') === expected && given('qop') === 'auth';
  }

  it('picks the best that it knows of several challenges, with a realm in UTF-8 and commas', async () => {
    const camera = await table.device({
      DESCRIBE: (request) =>
        isSigned(request) ? rtspResponse(200, {}, Buffer.from(SDP)) : rtspResponse(401, challenges),
    });
    const { peer, units } = await table.playing(camera, { credentials });
    peer.picture(0, [IDR]);
    await until('a picture', () => units.length === 1);
    expect(camera.methods.slice(0, 3)).toEqual(['DESCRIBE', 'DESCRIBE', 'SETUP']);
  });
});

describe('an IPv6 literal', () => {
  it('is an address like any other', async () => {
    const camera = await table.device({}, { host: '::1' });
    expect(camera.url()).toMatch(/^rtsp:\/\/\[::1\]:/);
    const { peer, units } = await table.playing(camera);
    peer.picture(0, [IDR]);
    await until('a picture', () => units.length === 1);
    expect(camera.requests[0]?.uri).toBe(camera.url());
  });
});

describe('over UDP', () => {
  it.each([
    ['the port of the reply', true],
    ['the port that its own reports come from, when the reply names none', false],
  ])('receiver reports keep the session, at %s', async (_what, isNamed) => {
    const rtcp = createSocket('udp4');
    rtcp.bind(0, '127.0.0.1');
    await once(rtcp, 'listening');
    table.atEnd(() => rtcp.close());
    const heard: Buffer[] = [];
    rtcp.on('message', (datagram) => heard.push(datagram));
    const { port } = rtcp.address();
    const named = isNamed ? `;server_port=${port - 1}-${port}` : '';
    const camera = await table.device({ SETUP: (request, peer) => grantUdp(request, peer, named) });
    const clock = new ManualClock();
    let isRead = false;
    const observer = {
      packet: () => undefined,
      senderReport: () => {
        isRead = true;
      },
    };
    const { peer, units, source } = await table.playing(camera, {
      transport: 'udp',
      clock,
      observer,
    });
    peer.datagrams(peer.packets(0, [IDR]));
    await until('a picture', () => units.length === 1);
    rtcp.send(serializeRtcp([senderReport(peer.ssrc)]), peer.clientPort + 1, '127.0.0.1');
    await until('the report to be read', () => isRead);
    clock.advance(5_000);
    await until('a receiver report', () => reports(heard).length > 0);
    expect(reports(heard)[0]).toMatchObject([
      { type: 'rr', reports: [{ ssrc: peer.ssrc, cumulativeLost: 0 }] },
      { type: 'sdes' },
    ]);
    await source.stop();
  });

  function senderReport(ssrc: number): SenderReport {
    const time = { ntpSeconds: 1, ntpFraction: 0, rtpTimestamp: 0 };
    return { type: 'sr', ssrc, ...time, packets: 2, octets: 2_000, reports: [] };
  }

  function grantUdp(request: RtspRequest, peer: PeerConnection, more: string) {
    const transport = request.headers.get('Transport') ?? '';
    peer.clientPort = Number(/client_port=(\d+)/.exec(transport)?.[1] ?? 0);
    return rtspResponse(200, { Session: '1', Transport: `${transport}${more}` });
  }

  /** Those with something to report; an empty one opens the way at the start. */
  function reports(heard: readonly Buffer[]) {
    return heard
      .map(parseRtcp)
      .filter(([first]) => first?.type === 'rr' && first.reports.length > 0);
  }
});
