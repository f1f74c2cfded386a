/** A place on the ground of a scene, and which way the figure goes. */
export interface Place {
  readonly x: number;
  readonly y: number;
  /** −1 to the left, 1 to the right. */
  readonly facing: -1 | 1;
  /** Distance gone since the start of the loop; gives the rhythm of the steps. */
  readonly gone: number;
  /** False while it stands still. */
  readonly moving: boolean;
  /** What its arms do; they swing with its steps unless told. */
  readonly pose?: Pose;
}

/** Both hands in the air; a hand with a weapon held out; fists in turn. */
export type Pose = 'hands-up' | 'aims' | 'hits';

/** x, y, and how many seconds to stand still on arrival there. */
export type Stop = readonly [x: number, y: number, waitS?: number];

/** A route that is gone round and round at one speed, as a function of time alone. */
export class Path {
  readonly #legs: readonly Leg[];
  readonly #loopS: number;
  readonly #startS: number;

  /** @param speed in pixels of the scene a second. `startS` shifts the figure along its route. */
  constructor(stops: readonly Stop[], speed: number, startS = 0) {
    this.#legs = legsOf(stops, speed);
    this.#loopS = this.#legs.reduce((sum, leg) => sum + leg.walkS + leg.waitS, 0);
    this.#startS = startS;
  }

  at(seconds: number): Place {
    let left = (((seconds + this.#startS) % this.#loopS) + this.#loopS) % this.#loopS;
    let gone = 0;
    let leg = this.#legs[0] as Leg;
    for (leg of this.#legs) {
      if (left < leg.walkS + leg.waitS) break;
      left -= leg.walkS + leg.waitS;
      gone += leg.length;
    }
    const share = leg.walkS === 0 ? 1 : Math.min(1, left / leg.walkS);
    return {
      x: leg.fromX + (leg.toX - leg.fromX) * share,
      y: leg.fromY + (leg.toY - leg.fromY) * share,
      facing: leg.toX < leg.fromX ? -1 : 1,
      gone: gone + leg.length * share,
      moving: share < 1,
    };
  }
}

interface Leg {
  readonly fromX: number;
  readonly fromY: number;
  readonly toX: number;
  readonly toY: number;
  readonly length: number;
  readonly walkS: number;
  readonly waitS: number;
}

function legsOf(stops: readonly Stop[], speed: number): Leg[] {
  return stops.map(([fromX, fromY], i) => {
    const [toX, toY, waitS = 0] = stops[(i + 1) % stops.length] as Stop;
    const length = Math.hypot(toX - fromX, toY - fromY);
    return { fromX, fromY, toX, toY, length, walkS: length / speed, waitS };
  });
}
