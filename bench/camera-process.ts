import { randomBytes } from 'node:crypto';
import type { Bench } from './bench.ts';
import { startProgram } from './program.ts';

export const CAMERA_USER = 'bench';

/** What the process is told, over a pipe. */
export interface CameraOrder {
  readonly cameras: number;
  readonly password: string;
  readonly offsetUs: number;
  readonly rate?: RateControl;
}

/** How evenly a camera fills its line: `tight` makes key frames twice as large as the other pictures, not five times. */
export type RateControl = 'usual' | 'tight';

/** What it answers once the cameras are on. */
export type CameraReport = readonly BenchCamera[];

export interface BenchCamera {
  readonly id: string;
  /** The ONVIF device, which can be turned when `ptz`. */
  readonly onvifUrl: string;
  readonly ptz: boolean;
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
  { folder, offsetUs }: Bench,
  cameras: number,
  rate: RateControl = 'usual',
): Promise<CameraProcess> {
  const password = randomBytes(12).toString('hex');
  const order: CameraOrder = { cameras, password, offsetUs, rate };
  const { child, answer } = await startProgram(folder, 'camera', order);
  return { cameras: answer as CameraReport, password, stop: () => child.stop() };
}
