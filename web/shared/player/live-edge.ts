/** Buffer that a `<video>` needs so as not to stall between two pictures. */
const TARGET_S = 0.08;
/** Above this it plays faster until it is back at the target. */
const HURRY_S = 0.2;
/** Above this it jumps. */
const JUMP_S = 1;

export interface LiveEdge {
  /** Where to jump to; undefined to stay. */
  readonly seekToS: number | undefined;
  readonly rate: number;
}

/** How to play so as to stay near the end of what has arrived. Pure; times in media seconds. */
export function liveEdge(currentS: number, range: { startS: number; endS: number }): LiveEdge {
  const behindS = range.endS - currentS;
  const outside = currentS < range.startS || behindS < 0;
  if (outside || behindS > JUMP_S) {
    return { seekToS: Math.max(range.startS, range.endS - TARGET_S), rate: 1 };
  }
  if (behindS > HURRY_S) return { seekToS: undefined, rate: 1.25 };
  return { seekToS: undefined, rate: behindS > TARGET_S * 1.5 ? 1.05 : 1 };
}
