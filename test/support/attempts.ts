/**
 * For what holds whenever this process is scheduled in time, and is spoilt when it is not: tries
 * again, and lets the last failure count.
 */
export async function attempts<T>(count: number, run: () => Promise<T>): Promise<T> {
  for (let left = count - 1; left > 0; left -= 1) {
    try {
      return await run();
    } catch {
      // Said by the last attempt, if that fails too.
    }
  }
  return run();
}
