import { execFile } from 'node:child_process';
import type { Picture } from '../../src/simulator/scene/picture.ts';

export interface Played {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs a player to its end; a minute is enough for any of them. */
export function play(command: string, args: readonly string[]): Promise<Played> {
  return new Promise((resolve) => {
    const options = { encoding: 'buffer', maxBuffer: 256 << 20, timeout: 60_000 } as const;
    execFile(command, [...args], options, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 1) : 0;
      resolve({ code, stdout, stderr: stderr.toString() });
    });
  });
}

export type Transport = 'tcp' | 'udp';

/**
 * Plays until nothing was complained of. Over TCP there is one attempt; over UDP there are three, as
 * a socket whose player is not scheduled in time loses datagrams, and that is nobody's fault.
 */
export async function playOver(
  transport: Transport,
  command: string,
  args: readonly string[],
): Promise<Played> {
  let played = await play(command, args);
  for (let more = transport === 'udp' ? 2 : 0; more > 0; more -= 1) {
    if (played.code === 0 && played.stderr === '') break;
    played = await play(command, args);
  }
  return played;
}

/** `rtsp://host/x` → `rtsp://liveview:test@host/x`, the only way in which ffmpeg takes a password. */
export function withPassword(url: string, password = 'test'): string {
  return url.replace('rtsp://', `rtsp://liveview:${password}@`);
}

/** The last of `count` pictures, none invented where the camera left one out, as 320×180 I420. */
export async function decode(url: string, count = 1): Promise<Buffer> {
  const { stdout, stderr } = await play('ffmpeg', [
    ...['-v', 'warning', '-rtsp_transport', 'tcp', '-analyzeduration', '300000'],
    ...['-i', withPassword(url)],
    ...['-frames:v', String(count), '-vf', 'scale=320:180', '-pix_fmt', 'yuv420p'],
    ...['-fps_mode', 'passthrough', '-f', 'rawvideo', '-'],
  ]);
  if (stdout.length < PICTURE_BYTES) throw new Error(`nothing to decode: ${stderr}`);
  return stdout.subarray(-PICTURE_BYTES);
}

const LUMA_BYTES = 320 * 180;
const PICTURE_BYTES = LUMA_BYTES * 1.5;

export function meanChroma(picture: Buffer): { u: number; v: number } {
  const mean = (bytes: Buffer) => bytes.reduce((sum, value) => sum + value, 0) / bytes.length;
  return {
    u: mean(picture.subarray(LUMA_BYTES, LUMA_BYTES * 1.25)),
    v: mean(picture.subarray(LUMA_BYTES * 1.25)),
  };
}

/** The share of pixels that differ clearly in the upper part, where nobody walks and no clock runs. */
export function difference(a: Buffer, b: Buffer): number {
  const [from, to] = [12 * 320, 60 * 320];
  let count = 0;
  for (let i = from; i < to; i++) if (Math.abs((a[i] ?? 0) - (b[i] ?? 0)) > 16) count += 1;
  return count / (to - from);
}

/** How much the upper edge of a picture differs from a plate of its width, 0…255 a sample. */
export function plateDifference(picture: Buffer, { y, u, v }: Picture): number {
  const places = [
    [0, y],
    [LUMA_BYTES, u],
    [LUMA_BYTES * 1.25, v],
  ] as const;
  const apart = places.map(([from, { bytes }]) =>
    bytes.reduce((sum, value, i) => sum + Math.abs(value - (picture[from + i] ?? 0)), 0),
  );
  return apart.reduce((a, b) => a + b) / (y.bytes.length * 1.5);
}
