import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** FFMPEG_PATH is this while `work` runs. */
export async function withFfmpegPath<T>(path: string, work: () => Promise<T>): Promise<T> {
  const before = process.env['FFMPEG_PATH'];
  process.env['FFMPEG_PATH'] = path;
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env['FFMPEG_PATH'];
    else process.env['FFMPEG_PATH'] = before;
  }
}

/** A shell script takes the place of ffmpeg while `work` runs. */
export async function withScriptedFfmpeg<T>(
  script: string,
  work: (path: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'liveview-ffmpeg-'));
  const path = join(folder, 'ffmpeg');
  try {
    await writeFile(path, `#!/bin/bash\n${script}\n`);
    await chmod(path, 0o755);
    return await withFfmpegPath(path, () => work(path));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * A machine with VAAPI, as far as the command line tells: x264 does the work, and like a device it
 * leaves user data of the pictures behind.
 */
export const WITH_VAAPI = `
args=()
while [ $# -gt 0 ]; do
  case "$1" in
    -vaapi_device | -async_depth) shift 2 ;;
    h264_vaapi) args+=(libx264 -preset ultrafast -tune zerolatency -threads 1 -sc_threshold 0); shift ;;
    *) args+=("\${1//,hwupload/}"); shift ;;
  esac
done
exec ffmpeg "\${args[@]}"`;
