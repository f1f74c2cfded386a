import type { Readable } from 'node:stream';
import type { Clock } from '../src/core/clock.ts';
import { SOFTWARE } from '../src/video/transcode/encoder.ts';
import { type Rung, transcodeJob } from '../src/video/transcode/rung.ts';
import { CAMERA_USER, type CameraProcess } from './camera-process.ts';
import { startChild } from './child.ts';
import { DelayMeter } from './delay-meter.ts';
import { CAMERA_FPS, inTime, type Running } from './measure.ts';
import { Mp4Pictures } from './mp4-pictures.ts';

export interface Rival extends Running {
  readonly meter: DelayMeter;
  stop(): Promise<void>;
}

/**
 * The lowest delay that ffmpeg's options give: nothing looked at before the first picture and nothing
 * kept from it, a decoder that holds nothing back, a fragment for each picture, written at once.
 */
const INPUT = [
  ...['-rtsp_transport', 'tcp', '-probesize', '32', '-analyzeduration', '0'],
  ...['-fflags', 'nobuffer', '-flags', 'low_delay'],
];
const OUTPUT = [
  ...['-f', 'mp4', '-movflags', 'frag_every_frame+empty_moov+default_base_moof'],
  ...['-flush_packets', '1', 'pipe:1'],
];

export const COPY = { input: [], output: ['-an', '-c', 'copy'] };

/** The encoder exactly as the gateway sets it; only the container is another. */
export function encode(rung: Rung) {
  const { outputOptions } = transcodeJob({
    ...{ name: 'rival', codec: 'h264', rung, encoder: SOFTWARE, framesPerSecond: CAMERA_FPS },
  });
  const output = outputOptions.slice(0, outputOptions.indexOf('-flvflags'));
  return { input: ['-threads', '1'], output };
}

/**
 * ffmpeg, pulling the first camera by itself; it runs when its first picture is here.
 *
 * @throws Error with its last words when it gives none.
 */
export async function startRival(
  cameras: CameraProcess,
  clock: Clock,
  how: { readonly input: readonly string[]; readonly output: readonly string[] },
): Promise<Rival> {
  // ffmpeg takes a password in no other way; this one is worth nothing after the run.
  const url = new URL(cameras.cameras[0]?.rtspMain ?? '');
  url.username = CAMERA_USER;
  url.password = cameras.password;
  const child = startChild(
    'ffmpeg',
    process.env['FFMPEG_PATH'] || 'ffmpeg',
    [
      ...['-hide_banner', '-nostats', '-nostdin', '-loglevel', 'warning'],
      ...[...INPUT, ...how.input, '-i', url.href, ...how.output, ...OUTPUT],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const meter = new DelayMeter(CAMERA_FPS);
  if (child.process.stdout) read(child.process.stdout, clock, meter);
  try {
    await child.unlessItEnds(inTime(meter.begun, 'ffmpeg'));
  } catch (error) {
    await child.stop();
    throw error;
  }
  return { pid: child.pid, meter, meters: [meter], stop: () => child.stop() };
}

function read(stdout: Readable, clock: Clock, meter: DelayMeter): void {
  const pictures = new Mp4Pictures();
  stdout.on('data', (chunk: Buffer) => {
    const receivedUs = clock.unixUs();
    for (const { seconds, stampUs } of pictures.push(chunk)) {
      meter.arrived({ sentUs: stampUs, receivedUs, seconds });
    }
  });
}
