/** The source against a peer that is not ours: GStreamer's RTSP server, judged by ffmpeg. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { Secret } from '../../src/core/secret.ts';
import type { AccessUnit } from '../../src/video/access-unit.ts';
import { Source, type SourceOptions } from '../../src/video/source/source.ts';
import type { SourceState } from '../../src/video/source/state.ts';
import type { TransportMemory } from '../../src/video/source/transport-choice.ts';
import { attempts } from '../support/attempts.ts';
import { SELF_SIGNED_FINGERPRINT } from '../support/certificates.ts';
import {
  GSTREAMER_USER,
  type GstreamerPort,
  GstreamerServer,
} from '../support/gstreamer-server.ts';
import { kept } from '../support/kept.ts';
import { until } from '../support/until.ts';

jest.setTimeout(120_000);

const { username, password } = GSTREAMER_USER;
const credentials = { username, password: new Secret(password) };
let server: GstreamerServer;

beforeAll(async () => {
  server = await GstreamerServer.start();
});

afterAll(() => server.stop());

function play(peer: GstreamerPort, options: Partial<SourceOptions>) {
  const units: AccessUnit[] = [];
  const states: SourceState[] = [];
  /** How many pictures there were at each of them. */
  const breaks: number[] = [];
  const source = new Source({
    camera: 'gstreamer',
    streamUri: () => server.url(peer),
    transport: 'tcp',
    clock: systemClock,
    log: silentLogger,
    sink: {
      parameterSets: () => undefined,
      accessUnit: (unit) => units.push(kept(unit)),
      discontinuity: () => breaks.push(units.length),
    },
    onState: (state) => states.push(state),
    ...options,
  });
  source.start();
  return { source, units, states, breaks };
}

function annexB(units: readonly AccessUnit[]): Buffer {
  const startCode = Buffer.from([0, 0, 0, 1]);
  return Buffer.concat(units.flatMap((unit) => unit.nalUnits.flatMap((nal) => [startCode, nal])));
}

/** How many pictures ffprobe decodes, of which size, and everything it complains about. */
async function probe(stream: Buffer): Promise<{ decoded: string; complaints: string }> {
  const input = ['-v', 'warning', '-err_detect', 'explode', '-f', 'h264', '-i', 'pipe:0'];
  const shown = ['-count_frames', '-show_entries', 'stream=width,height,nb_read_frames'];
  const child = spawn('ffprobe', [...input, ...shown, '-of', 'csv=p=0']);
  let [decoded, complaints] = ['', ''];
  child.stdout.on('data', (chunk) => {
    decoded += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    complaints += String(chunk);
  });
  child.stdin.end(stream);
  await once(child, 'close');
  return { decoded: decoded.trim(), complaints };
}

describe('the source and GStreamer', () => {
  it.each([
    ['tcp', 'open'],
    ['udp', 'open'],
    ['multicast', 'multicast'],
    ['http', 'open'],
    ['tcp', 'tls'],
    ['http', 'tls'],
  ] as const)('plays over %s from the port %s what ffprobe decodes', async (transport, port) => {
    // A socket that is not read in time loses datagrams.
    const lossy = transport === 'udp' || transport === 'multicast';
    await attempts(lossy ? 3 : 1, () => playsFaultlessly(transport, port));
  });

  async function playsFaultlessly(
    transport: 'tcp' | 'udp' | 'multicast' | 'http',
    port: GstreamerPort,
  ): Promise<void> {
    const { source, units, states, breaks } = play(port, {
      transport,
      httpPort: server.port(port),
      trust: { fingerprint: SELF_SIGNED_FINGERPRINT },
    });
    await until('sixty pictures', () => units.length - (breaks.at(-1) ?? 0) >= 60);
    expect(source.state).toMatchObject({ kind: 'playing', transport, codec: 'h264' });
    // Whoever joins the group before PLAY hears what GStreamer sends to get ready, and how it begins anew.
    const began = breaks.at(-1) ?? 0;
    expect(breaks.length).toBeLessThanOrEqual(transport === 'multicast' ? 1 : 0);
    await source.stop();

    expect(source.state.kind).toBe('idle');
    expect(states.map((state) => state.kind)).toEqual(['connecting', 'playing', 'idle']);
    expect(source.counters).toMatchObject({ lost: 0, broken: 0, strange: 0, reconnects: 0 });
    expect(units[0]?.keyFrame).toBe(true);
    const steady = units.slice(began);
    expect(steady[0]?.keyFrame).toBe(true);
    const steps = steady.slice(1).map((unit, i) => unit.pts90k - (steady[i]?.pts90k ?? 0));
    expect(steps.every((step) => step > 3_400 && step < 3_800)).toBe(true);
    const { decoded, complaints } = await probe(annexB(units));
    expect(complaints).toBe('');
    expect(decoded).toBe(`320,240,${units.length}`);
  }

  it('finds out by itself that the camera offers multicast alone', async () => {
    const memory: TransportMemory = { transport: undefined };
    const { source, units } = play('multicast', { transport: 'auto', memory });
    await until('a picture', () => units.length > 0);
    await source.stop();
    expect(memory.transport).toBe('multicast');
  });

  it('lets two sources share a group', async () => {
    const one = play('multicast', { transport: 'multicast' });
    const other = play('multicast', { transport: 'multicast' });
    await until('pictures of both', () => one.units.length > 0 && other.units.length > 0);
    await Promise.all([one.source.stop(), other.source.stop()]);
  });

  it('refuses the certificate that nobody has pinned', async () => {
    const { source } = play('tls', { trust: undefined });
    await until('a refusal', () => source.state.kind === 'waiting');
    expect(source.state).toMatchObject({
      error: {
        code: 'camera-certificate-untrusted',
        context: { fingerprint: SELF_SIGNED_FINGERPRINT },
      },
    });
    await source.stop();
  });

  it('answers a Digest challenge', async () => {
    const { source, units } = play('protected', { credentials });
    await until('a picture', () => units.length > 0);
    await source.stop();
  });

  it.each(['open', 'protected'] as const)(
    'starts again by what it knows of the stream: %s',
    async (which) => {
      const { source, units, states } = play(which, { credentials });
      for (let start = 0; start < 2; start += 1) {
        const before = units.length;
        source.start();
        await until('a picture', () => units.length > before);
        await source.stop();
      }
      expect(states.map((state) => state.kind)).toEqual([
        ...['connecting', 'playing', 'idle'],
        ...['connecting', 'playing', 'idle'],
      ]);
    },
  );

  it('says that the password is wrong, and how to put it right', async () => {
    const wrong = { ...credentials, password: new Secret('guess') };
    const { source } = play('protected', { credentials: wrong });
    await until('a refusal', () => source.state.kind === 'waiting');
    expect(source.state).toMatchObject({
      error: { code: 'camera-refused-credentials', message: expect.stringContaining('check both') },
    });
    await source.stop();
  });
});
