export const MINUTE_MS = 60_000;
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

export const MINUTES_OF_DAY = 1_440;

/**
 * The time on the wall somewhere, as people write opening hours: it leaves an hour out in spring and
 * has one twice in autumn. Zones differ by whole minutes (IANA since 1972), so an answer holds for a
 * minute.
 */
export class LocalTime {
  readonly #format: Intl.DateTimeFormat;
  /** Asked at every picture, of two clocks that may stand on either side of a minute. */
  readonly #known = new Map<number, number>();

  /** @param timezone IANA, e.g. `Europe/Amsterdam`. @throws RangeError when there is no such zone. */
  constructor(timezone: string) {
    this.#format = new Intl.DateTimeFormat('en-GB', {
      timeZone: timezone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  }

  /** Minutes since Monday 00:00. */
  minuteOfWeek(unixMs: number): number {
    const minute = Math.floor(unixMs / MINUTE_MS);
    const known = this.#known.get(minute);
    if (known !== undefined) return known;
    if (this.#known.size >= 4) this.#known.clear();
    const found = this.#read(minute * MINUTE_MS);
    this.#known.set(minute, found);
    return found;
  }

  #read(unixMs: number): number {
    const parts = new Map(
      this.#format.formatToParts(unixMs).map(({ type, value }) => [type, value]),
    );
    const day = DAYS.indexOf(parts.get('weekday') ?? '');
    return day * MINUTES_OF_DAY + Number(parts.get('hour')) * 60 + Number(parts.get('minute'));
  }
}
