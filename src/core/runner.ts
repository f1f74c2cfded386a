import { AbortedError } from './errors.ts';

/** Work that goes on until it is told to stop, and may be started again; one run ends before the next begins. */
export class Runner {
  readonly #what: string;
  readonly #work: (signal: AbortSignal) => Promise<void>;
  #stop: AbortController | undefined;
  #running: Promise<void> = Promise.resolve();

  /**
   * @param what for the reason of the signal
   * @param work ends soon after the signal has fired, and never rejects
   */
  constructor(what: string, work: (signal: AbortSignal) => Promise<void>) {
    this.#what = what;
    this.#work = work;
  }

  /** Nothing happens when it has been started already. */
  start(): void {
    if (this.#stop) return;
    const stop = new AbortController();
    this.#stop = stop;
    this.#running = this.#running.then(() => this.#work(stop.signal));
  }

  /** Resolves when the work has ended. */
  stop(): Promise<void> {
    this.#stop?.abort(new AbortedError(this.#what));
    this.#stop = undefined;
    return this.#running;
  }
}
