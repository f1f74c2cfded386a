/** Streams of ffmpeg's own RTP senders, through another ffmpeg, into H.264. */
import { spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/log.ts';
import type { AccessUnit } from '../../../src/video/access-unit.ts';
import { toAnnexB } from '../../../src/video/h264/annex-b.ts';
import { parseRtp, type RtpPacket } from '../../../src/video/rtp/packet.ts';
import { Timeline } from '../../../src/video/rtp/timeline.ts';
import { parseSdp, type SdpFormat } from '../../../src/video/rtsp/sdp.ts';
import { noCounts } from '../../../src/video/source/state.ts';
import { adaptWith } from '../../../src/video/transcode/adapter.ts';
import { SOFTWARE } from '../../../src/video/transcode/encoder.ts';
import { attempts } from '../../support/attempts.ts';
import {
  childrenOf,
  commandOf,
  MAY_ISOLATE,
  sharesNetwork,
} from '../../support/child-processes.ts';
import { withScriptedFfmpeg } from '../../support/scripted-ffmpeg.ts';
import { until } from '../../support/until.ts';
import { probe } from '../fmp4/clip.ts';

jest.setTimeout(120_000);

const RATE = 20;
const INTERVAL_90K = 90_000 / RATE;
/** Each picture is one grey, which tells its number: sixteen of them, and then from the start. */
const GREYS = 16;
const GREY_STEP = 13;
const NUMBERED = `nullsrc=size=352x288:rate=${RATE},geq=lum=16+${GREY_STEP}*mod(N\\,${GREYS}):cb=128:cr=128`;

/** Where every picture is another grey, these would make a key frame of each. */
const FEW_KEY_FRAMES = ['-g', '10', '-sc_threshold', '1000000000'] as const;

const CODERS = {
  JPEG: ['mjpeg', '-huffman', 'default', '-pix_fmt', 'yuvj420p'],
  'MP4V-ES': ['mpeg4', ...FEW_KEY_FRAMES, '-flags', '+global_header'],
  VP8: ['libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-g', '10'],
  MPV: ['mpeg2video', ...FEW_KEY_FRAMES],
  'H263-2000': ['h263p', ...FEW_KEY_FRAMES],
  H263: ['h263', ...FEW_KEY_FRAMES, '-rtpflags', 'rfc2190', '-mb_info', '500'],
  VP9: ['libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '10', '-strict', '-2'],
  THEORA: ['libtheora', '-q:v', '10', '-g', '10', '-pix_fmt', 'yuv420p'],
} as const;
type Name = keyof typeof CODERS;

const ends: (() => unknown)[] = [];
afterEach(cleanUp);

async function cleanUp(): Promise<void> {
  for (const end of ends.splice(0).reverse()) await end();
}

/** A stream as it comes from a camera, and how it is described. */
interface Camera {
  readonly socket: Socket;
  readonly format: SdpFormat;
  /** Of the very first picture. */
  readonly firstTimestamp: number;
}

/**
 * Of Theora ffmpeg puts up to fifteen pictures in a packet, all with the time of the first, as long as they fit; those of
 * a camera do not, and here no two do.
 */
const packetBytes = (name: Name) => (name === 'THEORA' ? 110 : 600);

async function startCamera(name: Name): Promise<Camera> {
  const folder = await mkdtemp(join(tmpdir(), 'liveview-rtp-'));
  ends.push(() => rm(folder, { recursive: true }));
  const socket = createSocket('udp4');
  ends.push(() => socket.close());
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const file = join(folder, 'stream.sdp');
  const input = ['-re', '-f', 'lavfi', '-i', NUMBERED];
  const coder = ['-c:v', ...CODERS[name], '-bf', '0', '-threads', '1'];
  const child = spawn('ffmpeg', [
    ...['-v', 'error', '-nostdin', ...input, ...coder, '-sdp_file', file, '-f', 'rtp'],
    `rtp://127.0.0.1:${socket.address().port}?pkt_size=${packetBytes(name)}`,
  ]);
  ends.push(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const [message] = await once(socket, 'message');
  const { media } = parseSdp(await readFile(file, 'utf8'));
  const [format] = media[0]?.formats ?? [];
  if (!format) throw new Error('no format');
  return { socket, format, firstTimestamp: parseRtp(message).timestamp };
}

/** Which picture a packet belongs to. */
function numbering({ firstTimestamp }: Camera) {
  return ({ timestamp }: RtpPacket) => ((timestamp - firstTimestamp) >>> 0) / INTERVAL_90K;
}

/** @param change of packet number n; undefined: it is lost. */
function adapt(
  camera: Camera,
  name: Name,
  change: (packet: RtpPacket, n: number) => RtpPacket | undefined = (packet) => packet,
) {
  const { socket, format } = camera;
  const numberOfPacket = numbering(camera);
  const units: AccessUnit[] = [];
  /** Of pictures, by when their last byte came. */
  const numbers = new Map<number, number>();
  const failures: unknown[] = [];
  const counters = noCounts();
  const stop = new AbortController();
  let discontinuities = 0;
  let places = 1;
  const stream = adaptWith({
    ...{ name, clock: systemClock, log: silentLogger, random: () => 0 },
    rung: { width: 1920, height: 1080, kbps: 4_000 },
    encoder: () => SOFTWARE,
    take: () => {
      places -= 1;
      return () => {
        places += 1;
      };
    },
  })(
    { ...format, encoding: name },
    {
      ...{ timeline: new Timeline(), counters, signal: stop.signal },
      sink: {
        parameterSets: () => undefined,
        accessUnit: (unit) => units.push(unit),
        discontinuity: () => {
          discontinuities += 1;
        },
      },
      failed: (error) => failures.push(error),
    },
  );
  ends.push(() => stream.close());
  let n = 0;
  socket.on('message', (message) => {
    const packet = parseRtp(message);
    if (packet.payloadType !== format.payloadType) return;
    n += 1;
    const changed = change(packet, n);
    if (!changed) return stream.lost();
    const now = systemClock.unixUs();
    numbers.set(now, numberOfPacket(packet));
    stream.packet(changed, now);
  });
  return {
    ...{ stream, units, failures, counters, stop },
    numberOf: ({ captureUnixUs }: AccessUnit) => numbers.get(captureUnixUs) ?? Number.NaN,
    discontinuities: () => discontinuities,
    places: () => places,
  };
}

describe.each(Object.keys(CODERS) as Name[])('%s', (name) => {
  it('becomes H.264, each picture with the time and the capture time of what it was', async () => {
    // Where this machine is too busy to hear all of a picture, another attempt is made.
    await attempts(3, async () => {
      const camera = await startCamera(name);
      expect([name, 'MPV']).toContain(camera.format.encoding);
      const { units, numberOf, failures, counters, stream, places } = adapt(camera, name);
      await until('forty pictures', () => units.length >= 40, 60_000);
      expect(places()).toBe(0);
      await stream.close();
      expect(places()).toBe(1);
      expect(failures).toEqual([]);
      expect(counters.pictures).toBe(units.length);
      expect(units[0]?.keyFrame).toBe(true);
      const numbers = units.map(numberOf);
      const [first = 0] = numbers;
      // Between two pictures is as much time as between those that they were made of.
      expect(units.map(({ pts90k }) => (pts90k - (units[0]?.pts90k ?? 0)) / INTERVAL_90K)).toEqual(
        numbers.map((number) => number - first),
      );
      const bytes = Buffer.concat(units.map(({ nalUnits }) => toAnnexB(nalUnits)));
      expect(await greysIn(bytes)).toEqual(numbers.map((number) => number % GREYS));
      expect(await probe(bytes)).toMatchObject({ codec: 'h264', warnings: '' });
      await cleanUp();
    });
  });
});

/** Those whose coders make a key frame of every tenth picture and of no other. */
const WITH_KEY_FRAMES = ['MP4V-ES', 'VP8', 'VP9', 'MPV', 'H263', 'H263-2000'] as const;

describe.each(WITH_KEY_FRAMES)('%s with losses', (name) => {
  it('is not shown from what is missing up to the next key frame, which is one for viewers as well', async () => {
    await attempts(3, async () => {
      const camera = await startCamera(name);
      const lost = new Set<number>();
      const numberOfPacket = numbering(camera);
      const { units, counters, numberOf, failures, discontinuities } = adapt(
        camera,
        name,
        (packet) => {
          const number = numberOfPacket(packet);
          // In the middle of what hangs together, and not while all is new.
          if (number < 20 || number % 10 !== 4) return packet;
          lost.add(number);
          return undefined;
        },
      );
      await until(
        'pictures after two losses',
        () => lost.size >= 3 && units.filter((unit) => numberOf(unit) > 34).length >= 3,
        60_000,
      );
      const numbers = units.map(numberOf);
      const bytes = Buffer.concat(units.map(({ nalUnits }) => toAnnexB(nalUnits)));
      expect(await greysIn(bytes)).toEqual(numbers.map((number) => number % GREYS));
      expect(numbers.filter((number) => number >= 20 && number % 10 >= 4)).toEqual([]);
      expect(discontinuities()).toBeGreaterThanOrEqual(2);
      expect(counters.undecodable).toBeGreaterThan(0);
      for (const number of [24, 34]) {
        const next = units.find((unit) => numberOf(unit) > number);
        expect(next?.keyFrame).toBe(true);
      }
      expect(failures).toEqual([]);
      await cleanUp();
    });
  });
});

describe('what reads a camera', () => {
  it('has no network, as its pictures come through a pipe', async () => {
    const camera = await startCamera('JPEG');
    const others = childrenOf(process.pid);
    const { units } = adapt(camera, 'JPEG');
    await until('a picture', () => units.length > 0, 60_000);
    const [pid = 0] = childrenOf(process.pid).filter((each) => !others.includes(each));
    expect(sharesNetwork(pid)).toBe(!MAY_ISOLATE);
  });

  it('goes on after lost packets, without the pictures that they belonged to', async () => {
    const camera = await startCamera('JPEG');
    const { units, counters, numberOf, failures } = adapt(camera, 'JPEG', (packet, n) =>
      n % 20 === 0 ? undefined : packet,
    );
    await until(
      'pictures and broken ones',
      () => units.length >= 20 && counters.broken >= 3,
      60_000,
    );
    const numbers = units.map(numberOf);
    const bytes = Buffer.concat(units.map(({ nalUnits }) => toAnnexB(nalUnits)));
    expect(await greysIn(bytes)).toEqual(numbers.map((number) => number % GREYS));
    expect(failures).toEqual([]);
  });

  it('goes on with another sender, whose time has nothing to do with what was', async () => {
    const camera = await startCamera('JPEG');
    let shift = 0;
    const shifted = (packet: RtpPacket) => ({
      ...packet,
      timestamp: (packet.timestamp + shift) >>> 0,
    });
    const { stream, units, failures } = adapt(camera, 'JPEG', shifted);
    await until('ten pictures', () => units.length >= 10, 60_000);
    shift = 1_000_000_000;
    stream.restart();
    const before = units.length;
    await until('ten more', () => units.length >= before + 10, 60_000);
    const times = units.map(({ pts90k }) => pts90k);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBeLessThan(60 * 90_000);
    expect(failures).toEqual([]);
  });

  it('is started again when it is killed, and told that nothing follows', async () => {
    const camera = await startCamera('JPEG');
    const others = childrenOf(process.pid);
    const { units, discontinuities } = adapt(camera, 'JPEG');
    await until('a picture', () => units.length > 0, 60_000);
    const [pid = 0] = childrenOf(process.pid).filter((each) => !others.includes(each));
    expect(commandOf(pid)).toBe('ffmpeg');
    process.kill(pid, 'SIGKILL');
    await until('the end', () => discontinuities() === 1);
    const before = units.length;
    await until('more pictures', () => units.length >= before + 5, 60_000);
    expect(units[before]?.keyFrame).toBe(true);
  });

  it('is started again for a picture of another size', async () => {
    const camera = await startCamera('JPEG');
    let width = 0;
    const resized = (packet: RtpPacket) => {
      if (width > 0) packet.payload.writeUInt8(width, 6);
      return packet;
    };
    const { units, discontinuities } = adapt(camera, 'JPEG', resized);
    await until('a picture', () => units.length > 0, 60_000);
    // The scan holds more than that, which a decoder leaves.
    width = 320 / 8;
    await until('the end of what was', () => discontinuities() === 1, 60_000);
    const before = units.length;
    await until('more pictures', () => units.length >= before + 5, 60_000);
    const { frames } = await probe(
      Buffer.concat(units.slice(before).map(({ nalUnits }) => toAnnexB(nalUnits))),
    );
    expect(frames[0]).toMatchObject({ width: 320, height: 288 });
  });

  it('says so when the picture is larger than the protocol can say', async () => {
    const camera = await startCamera('JPEG');
    const { failures } = adapt(camera, 'JPEG', (packet) => {
      packet.payload.writeUInt8(0, 6);
      return packet;
    });
    await until('a failure', () => failures[0]);
    expect(failures[0]).toMatchObject({
      code: 'codec-not-supported',
      message: expect.stringContaining('2040'),
    });
  });

  it('gives up with the words of ffmpeg when there is no use in starting it', async () => {
    await withScriptedFfmpeg('echo "no such thing" >&2; exit 3', async () => {
      const camera = await startCamera('JPEG');
      const { failures, stream } = adapt(camera, 'JPEG');
      await until('a failure', () => failures[0], 60_000);
      expect(failures[0]).toMatchObject({
        code: 'ffmpeg-failed',
        message: expect.stringMatching(/JPEG: exit code 3; no such thing/),
      });
      await stream.close();
    });
  });

  it('gives its place back as soon as nobody wants it', async () => {
    const camera = await startCamera('JPEG');
    const { stop, places, stream, units } = adapt(camera, 'JPEG');
    await until('a picture', () => units.length > 0, 60_000);
    stop.abort();
    expect(places()).toBe(1);
    const others = units.length;
    await stream.close();
    expect(places()).toBe(1);
    expect(units).toHaveLength(others);
  });

  it('refuses what it does not know, and takes no place for it', () => {
    const take = jest.fn(() => () => undefined);
    const refusing = adaptWith({
      ...{ name: 'x', clock: systemClock, log: silentLogger, take },
      rung: { width: 1920, height: 1080, kbps: 4_000 },
      encoder: () => SOFTWARE,
    });
    const options = {
      ...{ timeline: new Timeline(), counters: noCounts(), signal: new AbortController().signal },
      sink: { parameterSets: jest.fn(), accessUnit: jest.fn(), discontinuity: jest.fn() },
      failed: jest.fn(),
    };
    const format = { payloadType: 98, encoding: 'X-QT', parameters: new Map<string, string>() };
    expect(() => refusing(format, options)).toThrow(
      expect.objectContaining({ code: 'codec-not-supported' }),
    );
    expect(take).not.toHaveBeenCalled();
  });
});

/** The numbers of pictures, by their greys. */
async function greysIn(h264: Buffer): Promise<number[]> {
  const child = spawn(
    'ffmpeg',
    [
      ...['-v', 'error', '-f', 'h264', '-i', 'pipe:0', '-fps_mode', 'passthrough'],
      ...['-vf', 'scale=2:2', '-pix_fmt', 'yuv420p', '-f', 'rawvideo', 'pipe:1'],
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const out: Buffer[] = [];
  child.stdout.on('data', (chunk) => out.push(chunk));
  child.stdin.end(h264);
  await once(child, 'close');
  const pixels = Buffer.concat(out);
  const pictureBytes = 6;
  return Array.from({ length: pixels.length / pictureBytes }, (_, n) =>
    Math.round(((pixels[n * pictureBytes] ?? 0) - 16) / GREY_STEP),
  );
}
