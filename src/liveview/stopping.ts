import { Backoff } from '../core/backoff.ts';
import { type Clock, sleep } from '../core/clock.ts';
import { asError } from '../core/errors.ts';

export interface StoppingOptions {
  clock: Clock;
  /** Sends Stop; resolves when the camera has confirmed it. */
  send: () => Promise<void>;
  /** A velocity that the camera has not answered yet, and which it may obey after the Stop. */
  inFlight?: Promise<void> | undefined;
  /** Aborted when the camera is moved anew; that movement will have its own Stop. */
  superseded: AbortSignal;
  attempts: number;
  onRefusal: (error: Error) => void;
}

/** `superseded`: the camera did not confirm, or not yet, that what moved stands. An error: it refused to the last. */
export type Stopped = 'confirmed' | 'superseded' | Error;

const BACKOFF = { firstMs: 200, maxMs: 2_000, jitter: 0 };

/**
 * Sends Stop, the first in this very tick, until the camera confirms it, a newer movement takes its
 * place, or `attempts` were in vain.
 */
export async function stopUntilConfirmed(options: StoppingOptions): Promise<Stopped> {
  const { clock, superseded, onRefusal } = options;
  const backoff = new Backoff(BACKOFF);
  for (let left = options.attempts; ; left -= 1) {
    try {
      return await stopOnce(options);
    } catch (thrown) {
      const error = asError(thrown);
      onRefusal(error);
      if (superseded.aborted) return 'superseded';
      if (left <= 1) return error;
    }
    if (!(await waited(clock, backoff.nextMs(), superseded))) return 'superseded';
  }
}

/** False when it was superseded meanwhile. */
export function waited(clock: Clock, ms: number, superseded: AbortSignal): Promise<boolean> {
  return sleep(clock, ms, superseded).then(
    () => true,
    () => false,
  );
}

/** Once the velocity that was on its way is answered, Stop follows it. */
async function stopOnce({ send, inFlight, superseded }: StoppingOptions): Promise<Stopped> {
  await send();
  if (!inFlight) return 'confirmed';
  if (superseded.aborted) return 'superseded';
  await inFlight.catch(() => undefined);
  if (superseded.aborted) return 'superseded';
  await send();
  return 'confirmed';
}
