/** How a set of times is spread; milliseconds. */
export interface Spread {
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** @throws RangeError for no times at all: that is not a measurement. */
export function spreadOf(timesMs: readonly number[]): Spread {
  if (timesMs.length === 0) throw new RangeError('nothing was measured');
  const sorted = [...timesMs].sort((a, b) => a - b);
  return {
    count: sorted.length,
    p50Ms: percentile(sorted, 50),
    p95Ms: percentile(sorted, 95),
    p99Ms: percentile(sorted, 99),
    maxMs: percentile(sorted, 100),
  };
}

/** The smallest value that at least `percent` of all do not exceed (nearest rank). */
function percentile(sorted: readonly number[], percent: number): number {
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}
