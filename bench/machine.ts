import { cpus, loadavg, release, totalmem } from 'node:os';
import { findFfmpeg } from '../src/video/transcode/ffmpeg.ts';

/** What the figures depend on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly ffmpeg: string;
}

/** @throws LiveViewError `ffmpeg-missing` */
export async function describeMachine(): Promise<Machine> {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    ffmpeg: await findFfmpeg(),
  };
}

/** Of the last minute, five and fifteen. */
export function loadAverages(): number[] {
  return loadavg().map((load) => Math.round(load * 100) / 100);
}
