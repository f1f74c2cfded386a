import type { Clock } from '../core/clock.ts';
import { TokenBucket } from '../core/token-bucket.ts';
import type { Alarm } from './alarm-model.ts';

/** New alarms of one source; a large panel tells of all of its zones at once in a fire. */
const NEW = { atOnce: 32, perSecond: 0.5 };
/** More at a time nobody looks through. What is not urgent may fill half of the places. */
const OPEN_PER_SOURCE = 64;
const OPEN_PER_SITE = 128;
/** Sources whose rate is remembered; whoever was quiet longest is forgotten first. */
const MAX_SOURCES = 1_000;

/** A hold-up, a fire, somebody unwell: what has this priority or a more urgent one. */
const URGENT = 2;

/** Which new alarms are too many. What is urgent has an allowance of its own: no flood of motion takes it. */
export class AlarmLimits {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts one new alarm, and says whether it is one too many beside those that are open. */
  exceeds(report: Pick<Alarm, 'source' | 'site' | 'priority'>, known: Iterable<Alarm>): boolean {
    if (this.#bucket(report).take() > 0) return true;
    const share = isUrgent(report) ? 1 : 0.5;
    let ofSource = 0;
    let ofSite = 0;
    for (const { state, source, site } of known) {
      if (state !== 'open' || source.type === 'gateway') continue;
      if (isSameSource(source, report.source)) ofSource += 1;
      if (site === report.site) ofSite += 1;
    }
    return ofSource >= OPEN_PER_SOURCE * share || ofSite >= OPEN_PER_SITE * share;
  }

  #bucket(report: Pick<Alarm, 'source' | 'priority'>): TokenBucket {
    const { type, id } = report.source;
    const name = JSON.stringify([type, id, isUrgent(report)]);
    const bucket = this.#buckets.get(name) ?? new TokenBucket(this.#clock, NEW);
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    const [oldest] = this.#buckets.size > MAX_SOURCES ? this.#buckets.keys() : [];
    if (oldest !== undefined) this.#buckets.delete(oldest);
    return bucket;
  }
}

function isSameSource(a: Alarm['source'], b: Alarm['source']): boolean {
  return a.type === b.type && a.id === b.id;
}

export function isUrgent({ priority }: Pick<Alarm, 'priority'>): boolean {
  return priority <= URGENT;
}
