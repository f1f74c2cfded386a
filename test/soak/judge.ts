import type { SoakFigures } from './soak.ts';

/** Memory that comes and goes with the garbage collector's moments: in a short run it has not settled. */
const SHORT = { growth: 1.15, slackMiB: 24 };
const LONG = { growth: 1.05, slackMiB: 8 };
/** Ten minutes of samples. */
const LONG_SAMPLES = 120;

/** What is wrong with the figures of a soak; empty when nothing is. */
export function faultsOf({ lostViewers, backwards, sizes, residentMiB }: SoakFigures): string[] {
  const quarter = Math.max(1, Math.floor(residentMiB.length / 4));
  // The first quarter fills caches and warms up.
  const before = median(residentMiB.slice(quarter, 2 * quarter));
  const after = median(residentMiB.slice(-quarter));
  const { growth, slackMiB } = residentMiB.length < LONG_SAMPLES ? SHORT : LONG;
  return [
    ...lostViewers.map((viewer) => `viewer lost: ${viewer}`),
    ...(backwards > 0 ? [`pictures whose time went backwards: ${backwards}`] : []),
    ...(sizes.length < 2 ? ['no change of size was seen'] : []),
    ...(after > before * growth + slackMiB
      ? [`memory grew from ${before.toFixed(0)} to ${after.toFixed(0)} MiB`]
      : []),
  ];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
