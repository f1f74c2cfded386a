import type { Place, Pose } from './path.ts';

/** Where somebody goes next, how long that takes to leave again, and what the arms do there. */
export interface Scheduled {
  readonly x: number;
  readonly y: number;
  /** Seconds to stay on arrival. */
  readonly waitS?: number;
  readonly pose?: Pose;
  /** Not standing still meanwhile: pixels to either side. */
  readonly sways?: number;
}

/**
 * A route that is gone once: somebody comes, does what it came for, and goes. Before and after it is
 * not there.
 */
export class Once {
  readonly #stops: readonly Scheduled[];
  readonly #speed: number;
  readonly #startS: number;

  /** @param speed in pixels of the scene a second. @param startS when it is at the first stop. */
  constructor(stops: readonly Scheduled[], speed: number, startS: number) {
    this.#stops = stops;
    this.#speed = speed;
    this.#startS = startS;
  }

  at(seconds: number): Place | undefined {
    let left = seconds - this.#startS;
    if (left < 0) return undefined;
    let gone = 0;
    for (const [index, from] of this.#stops.entries()) {
      const to = this.#stops[index + 1];
      const waitS = from.waitS ?? 0;
      if (left < waitS) return waiting(from, left, gone);
      left -= waitS;
      if (!to) return undefined;
      const length = Math.hypot(to.x - from.x, to.y - from.y);
      const walkS = length / this.#speed;
      if (left < walkS) return walking(from, to, left / walkS, gone + left * this.#speed);
      left -= walkS;
      gone += length;
    }
    return undefined;
  }
}

function waiting({ x, y, pose, sways = 0 }: Scheduled, forS: number, gone: number): Place {
  const sway = Math.sin(forS * 2.6 + x) * sways;
  return {
    x: x + sway,
    y,
    // The way that it sways.
    facing: Math.cos(forS * 2.6 + x) < 0 ? -1 : 1,
    gone: gone + (sways > 0 ? forS * 160 : 0),
    moving: sways > 0,
    ...(pose === undefined ? {} : { pose }),
  };
}

function walking(from: Scheduled, to: Scheduled, share: number, gone: number): Place {
  return {
    x: from.x + (to.x - from.x) * share,
    y: from.y + (to.y - from.y) * share,
    facing: to.x < from.x ? -1 : 1,
    gone,
    moving: true,
  };
}
