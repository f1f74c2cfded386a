import childProcess from 'node:child_process';
import { PassThrough } from 'node:stream';
import Mpeg1Muxer from 'node-rtsp-stream/mpeg1muxer.js';
import type { Clock } from '../../core/clock.ts';
import { describe } from '../../core/errors.ts';
import { Child, type FfmpegExit, ffmpegPath, LastWords } from './child.ts';
import { type Launch, launchOf } from './containment.ts';
import type { FfmpegProcess } from './ffmpeg.ts';

/**
 * node-rtsp-stream's `mpeg1muxer`: ffmpeg that makes MPEG-1 in MPEG-TS (`-i URL -f mpegts -codec:v
 * mpeg1video OPTIONS -`). Its URL is `pipe:0`. Its WebSocket server, which would let anybody in, is
 * never loaded.
 *
 * What it leaves to others, and is done here: a process that cannot be started is an `error` event
 * that nobody hears, or an exception half-way through the constructor, and either would end the
 * gateway; it writes to the console when ffmpeg fails, and tells no other end; nobody listens to what
 * goes wrong on standard input; the process has all that the gateway has.
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
    contained(launchOf(ffmpegPath()), (path) =>
      Mpeg1Muxer.call(muxer, { url: 'pipe:0', ffmpegPath: path, ffmpegOptions: options }),
    );
  } catch (error) {
    failure = error;
  }
  const process = muxer.stream;
  process?.removeAllListeners('exit');
  const failed = new Promise<FfmpegExit>((resolve) => {
    const fail = (error: unknown) => {
      words.say(describe(error));
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
  return {
    ...{ pid: child.pid, stdin, stdout },
    exited: Promise.race([child.exited, failed]),
    stop: () => (child.pid === undefined ? Promise.resolve() : child.stop()),
  };
}

/**
 * The package starts one program with the environment that it finds, through a function that is looked up when
 * it is called: while it does, that is one of ours, which puts the launch in front. `make` waits for nothing.
 */
function contained({ file, args, env }: Launch, make: (path: string) => void): void {
  const { spawn } = childProcess;
  const ours = (_: string, own: readonly string[]) => spawn(file, [...args, ...own], { env });
  Reflect.set(childProcess, 'spawn', ours);
  try {
    make(file);
  } finally {
    childProcess.spawn = spawn;
  }
}

function notStarted(
  stdin: PassThrough,
  stdout: PassThrough,
  exited: Promise<FfmpegExit>,
): FfmpegProcess {
  stdout.end();
  return { pid: undefined, stdin, stdout, exited, stop: async () => undefined };
}
