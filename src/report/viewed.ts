/** From when to when; without an end it goes on. Unix µs. */
interface Interval {
  readonly fromUnixUs: number;
  readonly untilUnixUs?: number;
}

/**
 * How long at least one of these lasted: two who watch at a time are one time.
 *
 * @param nowUnixUs until which what goes on is counted.
 * @returns µs
 */
export function togetherUs(all: readonly Interval[], nowUnixUs: number): number {
  const inOrder = [...all].sort((a, b) => a.fromUnixUs - b.fromUnixUs);
  let [us, coveredUntil] = [0, Number.NEGATIVE_INFINITY];
  for (const { fromUnixUs, untilUnixUs = nowUnixUs } of inOrder) {
    const from = Math.max(fromUnixUs, coveredUntil);
    us += Math.max(0, untilUnixUs - from);
    coveredUntil = Math.max(coveredUntil, untilUnixUs);
  }
  return us;
}
