import type { Clock } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { Credentials } from '../../core/secret.ts';
import type { ControlCapabilities } from '../control.ts';
import type { Identity, Stream } from './description.ts';
import type { OnvifWorkerPool } from './worker-pool.ts';

export interface ProbeOptions {
  readonly host: string;
  readonly port: number;
  readonly credentials?: Credentials;
  readonly https?: boolean;
  readonly pool: OnvifWorkerPool;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called as each step ends, for progress. */
  readonly onStep?: (step: ProbeStep) => void;
}

export type ProbeStepName =
  | 'reach'
  | 'credentials'
  | 'services'
  | 'streams'
  | 'snapshot'
  | 'control'
  | 'stop';

export interface ProbeStep {
  readonly step: ProbeStepName;
  readonly outcome: 'ok' | 'failed' | 'skipped';
  /** What was found, or what went wrong, in words. */
  readonly detail: string;
  /** Code of the error, when it failed. */
  readonly code?: string;
}

/** Plain data. `ok` is true when the gateway can use the camera: credentials and a stream. */
export interface ProbeReport {
  readonly ok: boolean;
  readonly host: string;
  readonly port: number;
  /** How far the camera's clock is ahead of ours. */
  readonly clockOffsetMs?: number;
  readonly identity?: Identity;
  /** Names of its services, such as `media2` and `ptz`. */
  readonly services: readonly string[];
  readonly streams: readonly Stream[];
  readonly snapshotUri?: string;
  readonly control?: ControlCapabilities;
  readonly steps: readonly ProbeStep[];
  /** What to do about what was found, each a sentence; empty when all is well. */
  readonly advice: readonly string[];
}

/** Finds out what a camera is and can do. Never rejects: what fails is a step of the report. */
export async function probe(_options: ProbeOptions): Promise<ProbeReport> {
  throw new LiveViewError('not-supported', 'probe');
}
