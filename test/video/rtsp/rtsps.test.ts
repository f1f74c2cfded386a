import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import { type ClientOptions, describeStream } from '../../../src/video/rtsp/client.ts';
import { rtspResponse } from '../../../src/video/rtsp/message.ts';
import {
  CAMERA_CA,
  SELF_SIGNED,
  SELF_SIGNED_FINGERPRINT,
  SIGNED,
} from '../../support/certificates.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import {
  type Answer,
  IDR,
  type PeerOptions,
  ScriptedRtspPeer,
} from '../../support/scripted-rtsp-peer.ts';
import { until } from '../../support/until.ts';

const cleanup: (() => unknown)[] = [];

afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

async function peer(
  tls: PeerOptions['tls'],
  answers: Record<string, Answer> = {},
): Promise<ScriptedRtspPeer> {
  const made = await ScriptedRtspPeer.start(answers, { tls });
  cleanup.push(() => made.stop());
  return made;
}

async function describeAt(camera: ScriptedRtspPeer, options: Partial<ClientOptions> = {}) {
  const described = await describeStream({ url: camera.url(), clock: systemClock, ...options });
  cleanup.push(() => described.close());
  return described;
}

/** A server that is no RTSP server, by its rtsps address. */
async function serverAt(onSocket: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    onSocket(socket);
  }).listen(0, '127.0.0.1');
  cleanup.push(() => new Promise((resolve) => server.close(resolve)));
  await once(server, 'listening');
  return `rtsps://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe('rtsps', () => {
  it.each([
    ['a certificate of the authority that is configured', SIGNED, { ca: CAMERA_CA }],
    ['the pinned certificate', SELF_SIGNED, { fingerprint: SELF_SIGNED_FINGERPRINT }],
    [
      'the pinned certificate, written without colons',
      SELF_SIGNED,
      { fingerprint: SELF_SIGNED_FINGERPRINT.replaceAll(':', '').toLowerCase() },
    ],
  ])('plays from a camera with %s', async (_what, tls, trust) => {
    const camera = await peer(tls);
    const described = await describeAt(camera, { trust });
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
    camera.connection.picture(0, [IDR]);
    await until('two packets', () => packets.length === 2);
    await playing.close();
    expect(camera.requests[0]?.uri).toBe(camera.url());
    expect(camera.methods).toEqual(['DESCRIBE', 'SETUP', 'PLAY', 'TEARDOWN']);
  });

  it('refuses a self-signed certificate, and says which fingerprint to configure', async () => {
    const camera = await peer(SELF_SIGNED);
    await expect(describeAt(camera)).rejects.toMatchObject({
      code: 'camera-certificate-untrusted',
      message: expect.stringContaining(`fingerprint: "${SELF_SIGNED_FINGERPRINT}"`),
    });
    expect(camera.requests).toEqual([]);
  });

  it('refuses what its authority signed for another address', async () => {
    const camera = await peer(SELF_SIGNED);
    // The authority is believed, the name in the certificate is not the camera's.
    await expect(describeAt(camera, { trust: { ca: SELF_SIGNED.cert } })).rejects.toMatchObject({
      code: 'camera-certificate-untrusted',
      context: { reason: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    });
  });

  it('refuses another certificate than the pinned one, authority or not, before anything is sent', async () => {
    const camera = await peer(SIGNED);
    const trust = { ca: CAMERA_CA, fingerprint: SELF_SIGNED_FINGERPRINT };
    await expect(describeAt(camera, { trust })).rejects.toMatchObject({
      code: 'camera-certificate-changed',
    });
    expect(camera.requests).toEqual([]);
  });

  it('says when there is no TLS at that port', async () => {
    const url = await serverAt((socket) => {
      socket.on('data', () => socket.end('RTSP/1.0 400 Bad Request\r\n\r\n'));
    });
    const attempt = describeStream({ url, clock: systemClock });
    await expect(attempt).rejects.toMatchObject({ code: 'camera-tls-failed' });
  });

  it('does not wait for ever for the end of the handshake', async () => {
    let reached = false;
    const url = await serverAt((socket) => {
      socket.on('data', () => {
        reached = true;
      });
    });
    const clock = new ManualClock();
    const attempt = describeStream({ url, clock });
    const refused = expect(attempt).rejects.toMatchObject({ code: 'camera-unreachable' });
    await until('the handshake', () => reached);
    clock.advance(5_000);
    await refused;
  });

  it('follows no redirect that leads out of TLS', async () => {
    const open = await peer(undefined);
    const camera = await peer(SELF_SIGNED, {
      DESCRIBE: () => rtspResponse(302, { Location: open.url() }),
    });
    const trust = { fingerprint: SELF_SIGNED_FINGERPRINT };
    await expect(describeAt(camera, { trust })).rejects.toMatchObject({
      code: 'rtsp-redirect-refused',
    });
    expect(open.connections).toEqual([]);
  });
});
