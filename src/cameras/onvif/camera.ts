import type { Clock } from '../../core/clock.ts';
import { LiveViewError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { Credentials } from '../../core/secret.ts';
import type { CameraControl } from '../control.ts';
import type { Identity, Stream } from './description.ts';
import type { CameraQuirks } from './quirks.ts';
import type { OnvifWorkerPool } from './worker-pool.ts';

export interface OnvifCameraOptions {
  /** Its id, for the log. */
  readonly camera: string;
  readonly host: string;
  readonly port: number;
  readonly credentials?: Credentials;
  readonly https?: boolean;
  readonly pool: OnvifWorkerPool;
  readonly clock: Clock;
  readonly log: Logger;
  /** What was learnt before, as `onQuirks` gave it. */
  readonly quirks?: CameraQuirks;
  /** Called whenever something is learnt; to be saved. */
  readonly onQuirks?: (quirks: CameraQuirks) => void;
}

/**
 * One ONVIF camera. Nothing is asked of it before the first call; every call has a deadline and
 * rejects with a LiveViewError whose `code` is one of those of `CameraControl`.
 */
export class OnvifCamera {
  readonly #options: OnvifCameraOptions;

  constructor(options: OnvifCameraOptions) {
    this.#options = options;
  }

  get control(): CameraControl {
    throw new LiveViewError('not-supported', this.#options.camera);
  }

  /** Make, model and firmware; proves that the credentials are accepted. */
  async identity(): Promise<Identity> {
    throw new LiveViewError('not-supported', this.#options.camera);
  }

  /** Its video streams; remembered until `refresh` (for when RTSP answers 404 or 454). */
  async streams(_refresh = false): Promise<readonly Stream[]> {
    throw new LiveViewError('not-supported', this.#options.camera);
  }

  /** Asks for a key frame of `main` or `sub`, at most once a second each. Never rejects. */
  async requestKeyFrame(_role: 'main' | 'sub'): Promise<void> {}

  /** Where a JPEG of its picture can be had; undefined when it offers none. */
  async snapshotUri(): Promise<string | undefined> {
    throw new LiveViewError('not-supported', this.#options.camera);
  }

  /** Forgets the camera; calls under way are rejected. */
  async close(): Promise<void> {}
}
