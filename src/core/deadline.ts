import type { Clock } from './clock.ts';
import { TimeoutError } from './errors.ts';

/**
 * Runs `work` with an AbortSignal that fires at the deadline or when `signal` does, and rejects at
 * that moment even if `work` ignores the signal.
 *
 * @throws TimeoutError when `timeoutMs` passes first; the signal's reason when it aborts first.
 */
export function withDeadline<T>(
  clock: Clock,
  what: string,
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  if (signal?.aborted) return Promise.reject(signal.reason);
  const controller = new AbortController();
  return new Promise<T>((resolve, reject) => {
    const settle = () => {
      timer.cancel();
      signal?.removeEventListener('abort', onAbort);
    };
    const fail = (reason: unknown) => {
      settle();
      controller.abort(reason);
      reject(reason);
    };
    const onAbort = () => fail(signal?.reason);
    const timer = clock.setTimer(timeoutMs, () => fail(new TimeoutError(what, timeoutMs)));
    signal?.addEventListener('abort', onAbort, { once: true });
    new Promise<T>((done) => done(work(controller.signal))).then(resolve, reject).finally(settle);
  });
}
