/** What a start after a stop costs: requests are counted, not time. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { digestResponse, parseAuthFields } from '../../../src/core/http-auth.ts';
import { Secret } from '../../../src/core/secret.ts';
import { type RtspRequest, rtspResponse } from '../../../src/video/rtsp/message.ts';
import type { SourceOptions } from '../../../src/video/source/source.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { pullFrom, started } from '../../support/pulled-source.ts';
import {
  type Answer,
  IDR,
  OBEDIENT,
  type PeerConnection,
  PPS,
  ScriptedRtspPeer,
  SDP,
  SLICE,
  SPS,
} from '../../support/scripted-rtsp-peer.ts';
import { until } from '../../support/until.ts';

const credentials = { username: 'viewer', password: new Secret('secret') };
const FIRST = ['DESCRIBE', 'SETUP', 'PLAY'];
const cleanup: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

async function peer(answers: Record<string, Answer> = {}): Promise<ScriptedRtspPeer> {
  const made = await ScriptedRtspPeer.start(answers);
  cleanup.push(() => made.stop());
  return made;
}

/** A camera that asks for Digest with the nonce of the moment. */
function guarded(nonce: () => string): Record<string, Answer> {
  const ask = (answer: Answer): Answer => {
    return (request, connection) => {
      if (isSigned(request, nonce())) return answer(request, connection);
      const challenge = `Digest realm="cam", nonce="${nonce()}", qop="auth"`;
      return rtspResponse(401, { 'WWW-Authenticate': challenge });
    };
  };
  return Object.fromEntries(Object.entries(OBEDIENT).map(([name, answer]) => [name, ask(answer)]));
}

function isSigned({ method, headers }: RtspRequest, nonce: string): boolean {
  const params = parseAuthFields(headers.get('Authorization') ?? '')[0]?.params;
  const field = (name: string) => params?.get(name) ?? '';
  const expected = digestResponse({
    ...{ algorithm: 'MD5', username: 'viewer', password: 'secret', realm: 'cam' },
    ...{ method, uri: field('uri'), nonce },
    qop: { nc: field('nc'), cnonce: field('cnonce') },
  });
  return field('response') === expected;
}

/** Plays until a picture, stops, and starts again; gives what the second start asked for until PLAY. */
async function twice(camera: ScriptedRtspPeer, options: Partial<SourceOptions> = {}) {
  const pulled = pullFrom(() => camera.url(), options);
  cleanup.push(() => pulled.source.stop());
  await started(camera);
  camera.connection.picture(0, [SPS, PPS, IDR]);
  await until('a picture', () => pulled.units.length === 1);
  await pulled.source.stop();
  const before = camera.methods.length;
  pulled.source.start();
  await started(camera, 2);
  return {
    ...pulled,
    first: camera.methods.slice(0, before),
    second: () => camera.methods.slice(before),
  };
}

describe('a start after a stop', () => {
  it('costs one handshake where the first cost DESCRIBE besides', async () => {
    const camera = await peer();
    const { first, second, units } = await twice(camera);
    expect(first).toEqual([...FIRST, 'TEARDOWN']);
    expect(second()).toEqual(['SETUP', 'PLAY']);
    camera.connection.picture(0, [IDR]);
    await until('a picture', () => units.length === 2);
  });

  it('signs at once where the first was asked to', async () => {
    const camera = await peer(guarded(() => 'n1'));
    const { first, second } = await twice(camera, { credentials });
    expect(first).toEqual(['DESCRIBE', ...FIRST, 'TEARDOWN']);
    expect(second()).toEqual(['SETUP', 'PLAY']);
  });

  it('signs again when the nonce has expired meanwhile', async () => {
    let nonce = 'n1';
    const camera = await peer({
      ...guarded(() => nonce),
      TEARDOWN: () => {
        nonce = 'n2';
        return rtspResponse(200);
      },
    });
    const { second } = await twice(camera, { credentials });
    expect(second()).toEqual(['SETUP', 'SETUP', 'PLAY']);
  });

  it.each([404, 455, 500])('asks anew when the camera answers SETUP with %i', async (status) => {
    const described = new Set<PeerConnection>();
    const camera = await peer({
      DESCRIBE: (request, connection) => {
        described.add(connection);
        return OBEDIENT['DESCRIBE']?.(request, connection);
      },
      SETUP: (request, connection) =>
        described.has(connection) ? OBEDIENT['SETUP']?.(request, connection) : rtspResponse(status),
    });
    const { second, units } = await twice(camera);
    const asked = second();
    expect(asked[0]).toBe('SETUP');
    expect(asked.slice(-3)).toEqual(FIRST);
    camera.connection.picture(0, [IDR]);
    await until('a picture', () => units.length === 2);
  });

  it('asks anew after a break: the camera may be another by now', async () => {
    const camera = await peer();
    const { second } = await twice(camera);
    camera.connection.close();
    await started(camera, 3);
    expect(second()).toEqual(['SETUP', 'PLAY', ...FIRST]);
  });

  it('asks anew when what was known leads to no picture, and each time from then on', async () => {
    const clock = new ManualClock();
    const camera = await peer();
    const { source, second, units } = await twice(camera, { clock });
    camera.connection.picture(0, [SLICE]);
    await clock.advanceAsync(5_000);
    await until('the wait', () => source.state.kind === 'waiting');
    expect(source.state).toMatchObject({ error: { code: 'stream-changed' } });
    await clock.advanceAsync(1_000);
    await started(camera, 3);
    camera.connection.picture(0, [IDR]);
    await until('a picture', () => units.length === 2);
    await source.stop();
    source.start();
    await started(camera, 4);
    expect(second()).toEqual(['SETUP', 'PLAY', 'TEARDOWN', ...FIRST, 'TEARDOWN', ...FIRST]);
  });

  it('asks anew for another address', async () => {
    const camera = await peer();
    let path = '/one';
    const pulled = pullFrom(() => camera.url(path));
    cleanup.push(() => pulled.source.stop());
    await started(camera);
    await pulled.source.stop();
    path = '/two';
    pulled.source.start();
    await started(camera, 2);
    expect(camera.methods.slice(-3)).toEqual(FIRST);
  });

  it('knows the parameter sets that came in band, before the first picture', async () => {
    const bare = Buffer.from(SDP.replace(/^a=fmtp.*\r\n/m, ''));
    const camera = await peer({ DESCRIBE: () => rtspResponse(200, {}, bare) });
    const { events, sets } = await twice(camera);
    expect(events).toEqual(['key', 'discontinuity', 'sets']);
    expect(sets).toEqual([{ codec: 'h264', vps: [], sps: [SPS], pps: [PPS] }]);
  });
});
