import type { Clock } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import type { Alarm, AlarmSourceType } from './alarm-model.ts';

/** How long a report is known by its name: a program that numbers anew tomorrow tells something new. */
const LASTS_MS = 24 * 3_600_000;
/** Known at once, of all sources. */
const MAX_NAMES = 4_096;
/** Kept with one alarm, for the next start. */
const MAX_OF_ALARM = 256;

/** By what a report is known when it is told again. */
export interface ReportName {
  readonly source: { readonly type: AlarmSourceType; readonly id: string };
  readonly once: string;
  /** Of all that it said, where the name is of the teller's making and may be given twice. */
  readonly fingerprint?: string;
}

/** The same, and when it was told, RFC 3339. */
export interface KnownName extends ReportName {
  readonly at: string;
}

/** Undefined for a report without a name. */
export function nameOfReport(
  report: Pick<ReportName, 'source' | 'fingerprint'> & { readonly once?: string },
): ReportName | undefined {
  const { source, once, fingerprint } = report;
  if (once === undefined) return undefined;
  return { source, once, ...(fingerprint === undefined ? {} : { fingerprint }) };
}

/** What is kept of an alarm: the newest, and none that has lapsed. */
export function namesKept(
  before: readonly KnownName[],
  told: readonly ReportName[],
  at: string,
): readonly KnownName[] {
  const lasting = before.filter((name) => Date.parse(at) - Date.parse(name.at) < LASTS_MS);
  return [...lasting, ...told.map((name) => ({ ...name, at }))].slice(-MAX_OF_ALARM);
}

/** Reports that are known by their names, so that they are not taken twice. Oldest first. */
export class ReportNames {
  readonly #clock: Clock;
  readonly #known = new Map<string, KnownName & { readonly alarm: string }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param at when it was told. */
  remember(name: ReportName, at: string, alarm: string): void {
    const key = keyOf(name);
    this.#known.delete(key);
    this.#known.set(key, { ...name, at, alarm });
    const [oldest] = this.#known.size > MAX_NAMES ? this.#known.keys() : [];
    if (oldest !== undefined) this.#known.delete(oldest);
  }

  /**
   * The alarm that this very report was counted as.
   *
   * @throws LiveViewError `report-name-taken` when another report was told by this name.
   */
  find(name: ReportName): Alarm['id'] | undefined {
    const known = this.#known.get(keyOf(name));
    if (!known || this.#hasLapsed(known)) return undefined;
    const { fingerprint = name.fingerprint } = known;
    if (fingerprint === name.fingerprint) return known.alarm;
    throw new LiveViewError(
      'report-name-taken',
      'another report was told by this name; give each report a name of its own',
    );
  }

  #hasLapsed({ at }: KnownName): boolean {
    return this.#clock.unixUs() / 1_000 - Date.parse(at) >= LASTS_MS;
  }
}

function keyOf({ source, once }: ReportName): string {
  return JSON.stringify([source.type, source.id, once]);
}
