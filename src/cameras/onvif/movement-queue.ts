import { AbortedError } from '../../core/errors.ts';

/** False once Stop has been asked for: what has not been sent must not be sent any more. */
export type IsWanted = () => boolean;

interface Waiting {
  readonly run: (isWanted: IsWanted) => Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * The order of what is sent to one camera. One movement at a time; of those that wait only the
 * newest is kept; Stop waits for nothing, and is sent again after a movement that was on its way,
 * because the camera may have taken the two in either order. Movements asked for after Stop begin
 * when it has ended.
 */
export class MovementQueue {
  #running: Promise<void> | undefined;
  #waiting: Waiting | undefined;
  #stopping = 0;
  #stops = 0;

  /** @throws AbortedError when a newer movement or Stop took its place before it was sent. */
  movement(run: (isWanted: IsWanted) => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#drop();
      this.#waiting = { run, resolve, reject };
      this.#next();
    });
  }

  /** Calls `send` before it returns, and once more when a movement was on its way. */
  async stop(send: () => Promise<void>): Promise<void> {
    this.#drop();
    this.#stops += 1;
    this.#stopping += 1;
    const running = this.#running;
    try {
      const first = send();
      if (!running) return await first;
      await Promise.allSettled([first, running]);
      await send();
    } finally {
      this.#stopping -= 1;
      this.#next();
    }
  }

  #next(): void {
    const next = this.#waiting;
    if (!next || this.#running || this.#stopping > 0) return;
    this.#waiting = undefined;
    const stopsBefore = this.#stops;
    const running = next.run(() => this.#stops === stopsBefore);
    const ended = () => {
      this.#running = undefined;
      this.#next();
    };
    this.#running = running.then(ended, ended);
    running.then(next.resolve, next.reject);
  }

  #drop(): void {
    this.#waiting?.reject(new AbortedError('a movement that had not been sent'));
    this.#waiting = undefined;
  }
}
