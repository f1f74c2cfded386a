import { PassThrough } from 'node:stream';
import Mpeg1Muxer from 'node-rtsp-stream/mpeg1muxer.js';
import type { Clock } from '../../core/clock.ts';
import { describe } from '../../core/errors.ts';
import { Child, type FfmpegExit, ffmpegPath, LastWords } from './child.ts';
import { type FfmpegProcess, missing } from './ffmpeg.ts';

/**
 * node-rtsp-stream's `mpeg1muxer`: ffmpeg that makes MPEG-1 in MPEG-TS (`-i URL -f mpegts -codec:v
 * mpeg1video OPTIONS -`). Its URL is `pipe:0`. Its WebSocket server, which would let anybody in, is
 * never loaded.
 *
 * What it leaves to others, and is done here: a process that cannot be started is an `error` event
 * that nobody hears, or an exception half-way through the constructor, and either would end the
 * gateway; it writes to the console when ffmpeg fails, and tells no other end; nobody listens to what
 * goes wrong on standard input; the priority is the gateway's own.
 *
 * Options stand behind the input, so none of the input's can be given. What goes in must need none:
 * YUV4MPEG2, which says in its head what it is.
 */
export function startMpeg1Muxer(
  ffmpegOptions: Readonly<Record<string, string>>,
  clock: Clock,
): FfmpegProcess {
  const words = new LastWords();
  // Made apart from its constructor, so that the process is known when that throws half-way.
  const muxer: Mpeg1Muxer = Object.create(Mpeg1Muxer.prototype);
  muxer.on('ffmpegStderr', (data: Buffer) => {
    for (const line of data.toString('utf8').split(/[\r\n]+/)) words.say(line);
  });
  let failure: unknown;
  try {
    const options = { ...ffmpegOptions };
    Mpeg1Muxer.call(muxer, { url: 'pipe:0', ffmpegPath: ffmpegPath(), ffmpegOptions: options });
  } catch (error) {
    failure = error;
  }
  const process = muxer.stream;
  process?.removeAllListeners('exit');
  const failed = new Promise<FfmpegExit>((resolve) => {
    const fail = (error: unknown) => {
      words.say(describe(missing(error)));
      resolve({ code: null, signal: null, lastWords: words.lines });
    };
    process?.on('error', fail);
    if (failure) fail(failure);
  });
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  for (const pipe of [stdin, stdout]) pipe.on('error', () => undefined);
  if (!process?.stdin || !process.stdout) return notStarted(stdin, stdout, failed);
  process.stdin.on('error', () => undefined);
  stdin.pipe(process.stdin);
  muxer.on('mpeg1data', (data: Buffer) => stdout.write(data));
  process.stdout.on('end', () => stdout.end());
  const child = new Child(process, words, clock);
  child.lowerPriority();
  return {
    ...{ pid: child.pid, stdin, stdout },
    exited: Promise.race([child.exited, failed]),
    stop: () => (child.pid === undefined ? Promise.resolve() : child.stop()),
  };
}

function notStarted(
  stdin: PassThrough,
  stdout: PassThrough,
  exited: Promise<FfmpegExit>,
): FfmpegProcess {
  stdout.end();
  return { pid: undefined, stdin, stdout, exited, stop: async () => undefined };
}
