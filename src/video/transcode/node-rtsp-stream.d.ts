declare module 'node-rtsp-stream/mpeg1muxer.js' {
  import type { ChildProcess } from 'node:child_process';
  import type { EventEmitter } from 'node:events';

  interface Mpeg1MuxerOptions {
    /** After `-i`. */
    url: string;
    ffmpegPath: string;
    /** Options of the output, each with its value; `''` for those that have none. */
    ffmpegOptions?: Record<string, string>;
  }

  /** Starts ffmpeg when it is made. Emits `mpeg1data` and `ffmpegStderr`, each with a Buffer. */
  interface Mpeg1Muxer extends EventEmitter {
    stream?: ChildProcess;
  }

  const Mpeg1Muxer: {
    prototype: Mpeg1Muxer;
    new (options: Mpeg1MuxerOptions): Mpeg1Muxer;
    call(muxer: Mpeg1Muxer, options: Mpeg1MuxerOptions): void;
  };
  export = Mpeg1Muxer;
}
