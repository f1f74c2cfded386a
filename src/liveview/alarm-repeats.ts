import { type Clock, rfc3339, type Timer } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import { TokenBucket } from '../core/token-bucket.ts';
import { type Actor, GATEWAY_ACTOR } from '../journal/record.ts';
import { callsAnew, type ToldBefore } from './alarm-calls.ts';
import type { Alarm } from './alarm-model.ts';
import type { Happening, Ledger } from './ledger.ts';
import type { ReportName } from './report-names.ts';

/** Of one alarm the first repeats are written as they come; how many more there were, this often. */
const WRITE_EVERY_MS = 30_000;
const OF_ONE = { atOnce: 4, perSecond: 1_000 / WRITE_EVERY_MS };
/** The same of all alarms together. */
const OF_ALL = { atOnce: 32, perSecond: 2 };

const LEAST_URGENT = 5;

/** What was told again of one alarm and is not written yet. */
interface Pending {
  readonly actor: Actor;
  readonly count: number;
  readonly lastAt: string;
  /** The most urgent that was told. */
  readonly priority: number;
  readonly restoredAt?: string;
  /** People are called anew. */
  readonly called: boolean;
  /** The newest, by which reports are known that are told twice. */
  readonly names: readonly ReportName[];
}

export interface Told {
  readonly priority: number;
  readonly restored?: boolean | undefined;
  readonly name?: ReportName | undefined;
}

export interface Repeat {
  readonly actor: Actor;
  readonly alarm: Alarm;
  readonly told: Told;
}

/** Kept of one alarm until they are written; of more, the oldest are forgotten. */
const MAX_NAMES = 64;

interface Counted {
  readonly allowance: TokenBucket;
  pending: Pending | undefined;
}

/**
 * Counts what is told again of open alarms, for the journal waits for the disk at each entry. A crash
 * forgets at most the count of the last half minute, never an alarm.
 */
export class AlarmRepeats {
  readonly #clock: Clock;
  readonly #ledger: Ledger;
  readonly #log: Logger;
  readonly #allowance: TokenBucket;
  /** By alarm; of open ones alone. */
  readonly #told = new Map<string, Counted>();
  #timer: Timer | undefined;
  /** Nothing is counted in memory alone while the journal cannot be written. */
  #failing = false;

  constructor({ clock, ledger, log }: { clock: Clock; ledger: Ledger; log: Logger }) {
    this.#clock = clock;
    this.#ledger = ledger;
    this.#log = log;
    this.#allowance = new TokenBucket(clock, OF_ALL);
  }

  /**
   * Open alarms are told again, or are over at their source; each is there once. One write at most.
   *
   * @throws LiveViewError `journal-unwritable`: none that cannot wait was counted.
   */
  count(all: readonly Repeat[]): void {
    const urgent = all.flatMap((repeat) => {
      const before = this.#told.get(repeat.alarm.id)?.pending;
      return this.#note(repeat) ? [{ id: repeat.alarm.id, before }] : [];
    });
    if (urgent.length < all.length) this.#schedule();
    try {
      this.#write(urgent.map(({ id }) => id));
    } catch (error) {
      for (const { id, before } of urgent) {
        const told = this.#told.get(id);
        if (told) told.pending = before;
      }
      throw error;
    }
  }

  /** Whether it has to be written now. */
  #note({ actor, alarm, told: report }: Repeat): boolean {
    const told = this.#told.get(alarm.id) ?? this.#anew();
    const before = told.pending;
    const nowUs = this.#clock.unixUs();
    const calls =
      !report.restored && callsAnew(alarm, report.priority, last(alarm, before), nowUs / 1_000);
    told.pending = added(before, { ...report, actor, at: rfc3339(nowUs), calls });
    this.#told.set(alarm.id, told);
    const mayWait = told.pending.priority >= alarm.priority && !calls && !this.#failing;
    return !mayWait || (told.allowance.take() === 0 && this.#allowance.take() === 0);
  }

  /** Writes what is counted of this alarm. @throws LiveViewError `journal-unwritable` */
  flush(id: string): void {
    this.#write([id]);
  }

  /** The same before an end that waits for no disk; what cannot be written is in the log alone. */
  flushIfPossible(id: string): void {
    this.#writeAll([id]);
  }

  /** The alarm is over, and nothing is counted of it any more. */
  forget(id: string): void {
    this.#told.delete(id);
  }

  /** Writes what is counted; what cannot be written is forgotten. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#writeAll();
  }

  #anew(): Counted {
    return { allowance: new TokenBucket(this.#clock, OF_ONE), pending: undefined };
  }

  #schedule(): void {
    this.#timer ??= this.#clock.setTimer(WRITE_EVERY_MS, () => {
      this.#timer = undefined;
      if (!this.#writeAll()) this.#schedule();
    });
  }

  #writeAll(ids: readonly string[] = [...this.#told.keys()]): boolean {
    try {
      this.#write(ids);
      return true;
    } catch (error) {
      this.#log.error('repeats of alarms could not be journalled', { error });
      return false;
    }
  }

  /** All of them in one write: many wait for the disk no longer than one. */
  #write(ids: readonly string[]): void {
    const counted = ids.flatMap((id) => {
      const told = this.#told.get(id);
      return told?.pending ? [{ id, told, pending: told.pending }] : [];
    });
    if (counted.length === 0) return;
    this.#failing = true;
    this.#ledger.recordAll(counted.flatMap(({ id, pending }) => this.#entries(id, pending)));
    this.#failing = false;
    for (const { told, pending } of counted) {
      if (told.pending === pending) told.pending = undefined;
    }
  }

  #entries(id: string, pending: Pending): Happening[] {
    const { actor, count, lastAt, priority, restoredAt, called } = pending;
    const alarm = this.#ledger.state.alarms.get(id);
    if (!alarm) return [];
    const { incident } = alarm;
    const entries: Happening[] = [];
    const names = pending.names.length > 0 ? { names: pending.names } : {};
    if (count > 0) {
      const more = priority < alarm.priority ? { priority } : {};
      const data = { alarm: id, count, lastAt, ...more, ...(called ? { called } : {}), ...names };
      entries.push({ kind: 'alarm.repeated', actor, incident, data });
    }
    if (restoredAt !== undefined) {
      const data = { alarm: id, restoredAt, ...(count > 0 ? {} : names) };
      entries.push({ kind: 'alarm.restored', actor, incident, data });
    }
    return entries;
  }
}

const NOTHING: Pending = {
  actor: GATEWAY_ACTOR,
  count: 0,
  lastAt: '',
  priority: LEAST_URGENT,
  called: false,
  names: [],
};

interface Heard extends Told {
  readonly actor: Actor;
  readonly at: string;
  readonly calls: boolean;
}

/** Whether it is over at the source is as it was told last; its priority is as it was told to be most urgent. */
function added(pending: Pending = NOTHING, { actor, at, priority, restored, calls, name }: Heard) {
  const { restoredAt: _, ...before } = pending;
  const names = name ? [...before.names, name].slice(-MAX_NAMES) : before.names;
  if (restored) return { ...before, actor, names, restoredAt: at };
  return {
    ...{ actor, names, count: before.count + 1, lastAt: at },
    priority: Math.min(before.priority, priority),
    called: before.called || calls,
  };
}

/** When the source told of it last, and whether that it was over. */
function last({ at, repeats, restoredAt }: Alarm, pending: Pending | undefined): ToldBefore {
  const lastAt = (pending?.count ? pending.lastAt : repeats.lastAt) ?? at;
  const over = pending ? pending.restoredAt : restoredAt;
  return { lastUnixMs: Date.parse(lastAt), isRestored: over !== undefined };
}
