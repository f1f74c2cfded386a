/** When one picture is decoded and for how long; in 1/90000 s. */
export interface SampleTime {
  readonly decodeTime90k: number;
  readonly duration90k: number;
  readonly compositionOffset90k: number;
}

/** Pictures further apart than this: the fault of a clock (Intelbras), not of the scene. */
const MAX_INTERVAL_90K = 5 * 90_000;
/** No encoder reorders over a longer time; a clock that steps back may. */
const MAX_REORDER_90K = 90_000;
/** Two pictures of the same moment are still decoded one after the other. */
const MIN_INTERVAL_90K = 1;
const TYPICAL_INTERVAL_90K = 90_000 / 25;

/** How many pictures the decoder may have to hold before it can show one. */
export interface Reordering {
  /** What the stream declares. */
  readonly declared: number;
  /** What it may turn out to need. */
  readonly most: number;
}

/**
 * Gives each picture its place without knowing the next one.
 *
 * A sample needs a duration, and the interval to the next picture is not known yet. So each picture
 * gets the interval that has just passed: its decoding time is where the previous one ended, which is
 * the previous picture's own time, and every sample ends exactly where the next begins, whatever the
 * camera's jitter. The whole stream is one interval late on its own clock, and not late at all.
 *
 *   pts       0        40        95        130
 *   sample    [-?,0)   [0,40)    [40,95)   [95,130)
 *
 * Where pictures are reordered (B-frames), the times in order of their size take the place of pts: a
 * sample ends at the smallest time of the last `reorder` + 1 that has not been used yet, which no later
 * picture can precede. Each picture is then shown exactly at its own time, a constant after pts.
 *
 *   pts          0            120         40        80        240   (`reorder` 1)
 *   sample       [-80,-40)    [-40,0)     [0,40)    [40,80)   [80,120)
 *   shown after  80           160         40        40        160
 */
export class Timeline {
  #reorder = 0;
  #mostReorder = 0;
  /** Presentation times not yet used as a decoding time, smallest first; at most `#reorder`. */
  #pending: number[] = [];
  /** The end of the last sample, in the stream's own time and on the timeline. */
  #boundary = 0;
  #clock = 0;
  #interval = TYPICAL_INTERVAL_90K;
  #lastPts: number | undefined;

  /** As declared, or more when the pictures themselves have shown it. */
  get reordered(): number {
    return this.#reorder;
  }

  /** Another stream follows; `interval90k` when it says how far apart its pictures are. */
  stream({ declared, most }: Reordering, interval90k?: number): void {
    this.#reorder = declared;
    this.#mostReorder = Math.max(declared, most);
    if (interval90k !== undefined) this.#interval = Math.round(interval90k);
    this.restart();
  }

  /** What comes next does not follow in time: it is placed one usual interval after the last picture. */
  restart(): void {
    this.#lastPts = undefined;
  }

  /** The next picture in decoding order. */
  place(pts90k: number): SampleTime {
    if (this.#isBroken(pts90k)) this.#begin(pts90k);
    this.#lastPts = pts90k;
    const decodeTime90k = this.#clock;
    const compositionOffset90k = this.#reorder > 0 ? pts90k - this.#boundary : 0;
    const duration90k = this.#advance(pts90k);
    this.#clock += duration90k;
    return { decodeTime90k, duration90k, compositionOffset90k };
  }

  /** Time does not go on from the last picture to this one. */
  #isBroken(pts90k: number): boolean {
    if (this.#lastPts === undefined) return true;
    const step = pts90k - this.#lastPts;
    if (step > MAX_INTERVAL_90K || step < -MAX_REORDER_90K) return true;
    if (step >= 0 || pts90k >= this.#boundary) return false;
    // Too early for its place: the stream reorders more than it says, or its clock was set back.
    this.#reorder = Math.min(this.#reorder + 1, this.#mostReorder);
    return true;
  }

  #begin(pts90k: number): void {
    this.#boundary = pts90k - (this.#reorder + 1) * this.#interval;
    this.#pending = [];
  }

  /** Gives the duration of the sample that begins at the boundary, and moves that to its end. */
  #advance(pts90k: number): number {
    insert(this.#pending, pts90k);
    const due = this.#pending.length > this.#reorder ? this.#pending.shift() : undefined;
    const end = due ?? this.#boundary + this.#interval;
    const duration = Math.max(MIN_INTERVAL_90K, Math.round(end - this.#boundary));
    this.#boundary += duration;
    if (due !== undefined && duration > MIN_INTERVAL_90K) this.#interval = duration;
    return duration;
  }
}

function insert(sorted: number[], value: number): void {
  const at = sorted.findIndex((other) => other > value);
  sorted.splice(at < 0 ? sorted.length : at, 0, value);
}
