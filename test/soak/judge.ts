import type { SoakFigures } from './soak.ts';

/** What is in use differs by the pictures of that moment. */
const LIVE = { growth: 1.05, slackMiB: 6 };
/** Garbage that has not been collected yet comes on top. */
const RESIDENT = { growth: 1.15, slackMiB: 24 };

/** What is wrong with the figures of a soak; empty when nothing is. */
export function faultsOf(figures: SoakFigures): string[] {
  const { lostViewers, backwards, sizes, residentMiB, liveMiB } = figures;
  const quarter = Math.max(1, Math.floor(residentMiB.length / 4));
  // The first quarter fills caches and warms up.
  const before = median(residentMiB.slice(quarter, 2 * quarter));
  const after = median(residentMiB.slice(-quarter));
  return [
    ...lostViewers.map((viewer) => `viewer lost: ${viewer}`),
    ...(backwards > 0 ? [`pictures whose time went backwards: ${backwards}`] : []),
    ...(sizes.length < 2 ? ['no change of size was seen'] : []),
    ...growth('memory', before, after, RESIDENT),
    ...growth('memory in use', ...liveMiB, LIVE),
  ];
}

function growth(what: string, before: number, after: number, allowed: typeof LIVE): string[] {
  const isGrowth = after > before * allowed.growth + allowed.slackMiB;
  return isGrowth ? [`${what} grew from ${before.toFixed(0)} to ${after.toFixed(0)} MiB`] : [];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
