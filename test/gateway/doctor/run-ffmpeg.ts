import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What ffmpeg writes to its standard output. */
export async function runFfmpeg(options: readonly string[]): Promise<Buffer> {
  const { stdout } = await promisify(execFile)(
    'ffmpeg',
    ['-nostdin', '-v', 'error', ...options, 'pipe:1'],
    { encoding: 'buffer', maxBuffer: 64 << 20 },
  );
  return stdout;
}
