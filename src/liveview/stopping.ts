import { Backoff } from '../core/backoff.ts';
import { type Clock, sleep } from '../core/clock.ts';
import { asError } from '../core/errors.ts';

export interface StoppingOptions {
  clock: Clock;
  /** Sends Stop; resolves when the camera has confirmed it. */
  send: () => Promise<void>;
  /** A velocity that the camera has not answered yet, and which it may obey after the Stop. */
  inFlight?: Promise<void> | undefined;
  /** The camera is moved anew; that movement will have its own Stop. */
  superseded: () => boolean;
  attempts: number;
  onRefusal: (error: Error) => void;
}

const BACKOFF = { firstMs: 200, maxMs: 2_000, jitter: 0 };

/**
 * Sends Stop, the first in this very tick, until the camera confirms it or a newer movement makes
 * it pointless. Resolves with the last error when the camera never confirmed.
 */
export async function stopUntilConfirmed(options: StoppingOptions): Promise<Error | undefined> {
  const { clock, superseded, onRefusal } = options;
  const backoff = new Backoff(BACKOFF);
  for (let left = options.attempts; ; left -= 1) {
    try {
      await stopOnce(options);
      return undefined;
    } catch (thrown) {
      const error = asError(thrown);
      onRefusal(error);
      if (superseded()) return undefined;
      if (left <= 1) return error;
    }
    await sleep(clock, backoff.nextMs());
    if (superseded()) return undefined;
  }
}

/** Once the velocity that was on its way is answered, Stop follows it. */
async function stopOnce({ send, inFlight, superseded }: StoppingOptions): Promise<void> {
  await send();
  if (!inFlight || superseded()) return;
  await inFlight.catch(() => undefined);
  if (!superseded()) await send();
}
