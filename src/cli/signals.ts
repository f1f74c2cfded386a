import { describe } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';

/** 128 + SIGINT, as a shell reports it. */
const EXIT_INTERRUPTED = 130;

/**
 * Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. SIGHUP runs
 * `reload`, one at a time.
 */
export function untilStopped(log: Logger, reload?: () => Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    let stopping = false;
    let reloading = Promise.resolve();
    const stop = (signal: NodeJS.Signals) => {
      if (stopping) process.exit(EXIT_INTERRUPTED);
      stopping = true;
      log.info(`${signal}: stopping; once more to stop at once`);
      reloading.then(resolve);
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    if (!reload) return;
    process.on('SIGHUP', () => {
      reloading = reloading.then(reload).catch((error: unknown) => {
        log.error(`reload: ${describe(error)}`);
      });
    });
  });
}
