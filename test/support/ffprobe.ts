import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Judged {
  readonly frames: number;
  readonly size: string;
  /** Warnings and errors; empty when there is nothing to complain of. */
  readonly says: string;
}

/** What ffprobe makes of an MP4, as a viewer received it. */
export async function judgeMp4(bytes: Buffer): Promise<Judged> {
  const shown = ['-show_entries', 'stream=width,height,nb_read_frames'];
  const args = ['-v', 'warning', '-count_frames', ...shown, '-of', 'csv=p=0', '-i', 'pipe:0'];
  const child = spawn('ffprobe', args);
  let stdout = '';
  let says = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    says += String(chunk);
  });
  // It reads no further when it can make nothing of it, and says so.
  child.stdin.on('error', () => undefined);
  child.stdin.end(bytes);
  await once(child, 'close');
  const [width, height, frames] = stdout.trim().split(',');
  return { frames: Number(frames), size: `${width}x${height}`, says };
}
