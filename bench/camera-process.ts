import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Bench } from './bench.ts';
import { startChild } from './child.ts';
import { inTime } from './measure.ts';

export const CAMERA_USER = 'bench';

/** What the process is told, over a pipe. */
export interface CameraOrder {
  readonly cameras: number;
  readonly password: string;
  readonly offsetUs: number;
}

/** What it answers once the cameras are on. */
export type CameraReport = readonly BenchCamera[];

export interface BenchCamera {
  readonly id: string;
  readonly rtspMain: string;
  readonly rtspSub: string;
}

export interface CameraProcess {
  readonly cameras: CameraReport;
  /** Made for this run and worth nothing after it. */
  readonly password: string;
  stop(): Promise<void>;
}

export async function startCameras(
  { cameraFile, offsetUs }: Bench,
  cameras: number,
): Promise<CameraProcess> {
  const password = randomBytes(12).toString('hex');
  const child = startChild('cameras', process.execPath, [cameraFile], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const answer = once(child.process, 'message');
  const order: CameraOrder = { cameras, password, offsetUs };
  child.process.send(order);
  const [report] = (await child.unlessItEnds(inTime(answer, 'cameras'))) as [CameraReport];
  return { cameras: report, password, stop: () => child.stop() };
}
