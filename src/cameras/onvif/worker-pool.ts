import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/log.ts';

export interface OnvifWorkerPoolOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Number of worker threads; cameras are divided among them. One unless told. */
  readonly size?: number;
  /** The compiled worker; beside this file unless told. */
  readonly workerUrl?: URL;
}

/** The worker threads in which the ONVIF library runs. Workers are started when first needed. */
export class OnvifWorkerPool {
  readonly #options: OnvifWorkerPoolOptions;

  constructor(options: OnvifWorkerPoolOptions) {
    this.#options = options;
  }

  async close(): Promise<void> {
    this.#options.log.debug('ONVIF workers closed');
  }
}
