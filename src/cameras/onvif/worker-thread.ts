import { Worker } from 'node:worker_threads';
import type { Clock, Timer } from '../../core/clock.ts';
import { describe } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import type { Endpoint } from './soap-client.ts';

export interface WorkerThreadOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly workerUrl: URL;
  /** Silent for this long, it counts as stalled. */
  readonly stallMs: number;
}

/** Silence is counted in pings, not in time: our own thread may have been busy, too. */
const PINGS_TO_STALL = 4;
/** A worker that needs longer to load its code on a loaded machine is not coming. */
const START_MS = 15_000;
const MAX_HEAP_MB = 192;

export interface WorkerThreadEvents {
  readonly onMessage: (message: FromWorker) => void;
  /**
   * Once, when it can no longer be used; it has been told to end.
   *
   * @param reading the camera whose answer it was reading, when that was the last it said
   */
  readonly onGone: (reason: string, reading: number | undefined) => void;
}

/** A running worker: watched with pings from the moment it is ready. */
export class WorkerThread {
  readonly #worker: Worker;
  readonly #options: WorkerThreadOptions;
  readonly #events: WorkerThreadEvents;
  readonly #opened = new Set<number>();
  #timer: Timer;
  #unanswered = 0;
  #reading: number | undefined;
  #gone = false;

  constructor(options: WorkerThreadOptions, events: WorkerThreadEvents) {
    this.#options = options;
    this.#events = events;
    const resourceLimits = { maxOldGenerationSizeMb: MAX_HEAP_MB };
    this.#worker = new Worker(options.workerUrl, { resourceLimits, execArgv: [] });
    this.#worker.on('message', (message: FromWorker) => this.#receive(message));
    this.#worker.on('error', (error) => this.#lost(`failed: ${describe(error)}`));
    this.#worker.on('exit', () => this.#lost('ended'));
    this.#timer = options.clock.setTimer(START_MS, () => this.#lost('did not start'));
  }

  /** The camera is made known once. */
  open(camera: number, endpoint: Endpoint): void {
    if (this.#opened.has(camera)) return;
    this.#opened.add(camera);
    this.post({ kind: 'open', camera, endpoint });
  }

  forget(camera: number): void {
    if (this.#opened.delete(camera)) this.post({ kind: 'close', camera });
  }

  post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  async end(): Promise<void> {
    this.#gone = true;
    this.#timer.cancel();
    await this.#worker.terminate();
  }

  #receive(message: FromWorker): void {
    if (this.#gone) return;
    this.#reading = message.kind === 'reading' ? message.camera : undefined;
    if (message.kind === 'ready') this.#watch();
    else if (message.kind === 'pong') this.#unanswered = 0;
    else this.#events.onMessage(message);
  }

  #watch(): void {
    this.#timer.cancel();
    const { clock, stallMs } = this.#options;
    this.#timer = clock.setTimer(stallMs / PINGS_TO_STALL, () => {
      if (this.#unanswered >= PINGS_TO_STALL) return this.#lost('stalled');
      this.#unanswered += 1;
      this.post({ kind: 'ping' });
      this.#watch();
    });
  }

  #lost(reason: string): void {
    if (this.#gone) return;
    this.end().catch((error) => this.#options.log.warn('ending an ONVIF worker', { error }));
    this.#events.onGone(reason, this.#reading);
  }
}
