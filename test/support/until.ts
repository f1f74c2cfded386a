/**
 * Waits for a condition instead of a time: polls until `probe` gives something truthy.
 *
 * @throws Error naming `what` after `timeoutMs`, with the last failure of `probe` as its cause.
 */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  timeoutMs = 30_000,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value) return value;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`${what}: not within ${timeoutMs} ms`, { cause });
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
