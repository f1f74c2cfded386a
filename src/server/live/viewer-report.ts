import type { ViewerWords } from '../../liveview/viewings.ts';
import type { ViewerStats } from '../deps.ts';

/** Viewers report once a second; more is not counted, so that nobody outweighs the others. */
const AT_MOST_EVERY_MS = 250;
const MAX_DELAY_MS = 60_000;
/** Pictures in one report: more than any camera sends in the time. */
const MAX_PICTURES = 1_000;

/** Each bucket ends a tenth above the one before; the first at 1 ms, the last beyond `MAX_DELAY_MS`. */
const GROWTH = 1.1;
const BUCKETS = Math.ceil(Math.log(MAX_DELAY_MS) / Math.log(GROWTH)) + 1;

/** What one viewer said of its delay over a viewing, in less than a kilobyte, however long it lasts. */
export class ViewerReport {
  readonly #counts = new Uint32Array(BUCKETS);
  #reports = 0;
  #maxMs = 0;
  #decoded = 0;
  #dropped = 0;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** The delay as it is counted, ms; undefined when it is not, because the last report was just now. */
  add({ latencyMs, decoded, dropped }: ViewerStats, nowMs: number): number | undefined {
    if (nowMs - this.#lastMs < AT_MOST_EVERY_MS) return undefined;
    this.#lastMs = nowMs;
    const delayMs = Math.min(Math.max(0, latencyMs), MAX_DELAY_MS);
    const bucket = bucketOf(delayMs);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#reports += 1;
    this.#maxMs = Math.max(this.#maxMs, delayMs);
    this.#decoded += Math.min(decoded, MAX_PICTURES);
    this.#dropped += Math.min(dropped, MAX_PICTURES);
    return delayMs;
  }

  /** For the journal; undefined when nothing was said. Percentiles are exact to a tenth. */
  summary(): ViewerWords | undefined {
    if (this.#reports === 0) return undefined;
    return {
      reports: this.#reports,
      delayP50Ms: this.#percentile(0.5),
      delayP95Ms: this.#percentile(0.95),
      delayMaxMs: Math.round(this.#maxMs),
      decoded: this.#decoded,
      dropped: this.#dropped,
    };
  }

  /** The end of the bucket in which it lies, but never above what was reported. */
  #percentile(share: number): number {
    const wanted = Math.ceil(this.#reports * share);
    let seen = 0;
    const bucket = this.#counts.findIndex((count) => {
      seen += count;
      return seen >= wanted;
    });
    return Math.round(Math.min(GROWTH ** bucket, this.#maxMs));
  }
}

function bucketOf(delayMs: number): number {
  return delayMs <= 1 ? 0 : Math.ceil(Math.log(delayMs) / Math.log(GROWTH));
}
