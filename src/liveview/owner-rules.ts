import { LiveViewError } from '../core/errors.ts';
import { LocalTime, MINUTE_MS, MINUTES_OF_DAY } from './local-time.ts';
import type { CameraInfo, IncidentType, OwnerRule } from './model.ts';

/** Why the owner of a camera does not let it be shared. */
export type OwnerObjection = 'camera-never-shared' | 'camera-outside-hours' | 'camera-not-for-type';

/**
 * What the owners of cameras let be shared: never, at given hours, for given types of incidents. By
 * the time on the wall where the camera hangs, whatever the clocks do in spring and autumn.
 */
export class OwnerRules {
  readonly #zones = new Map<string, LocalTime>();

  /**
   * Why the camera may not be shared; undefined when it may.
   *
   * @param wallMs Unix time by the wall clock, @param steadyMs by a clock that nobody sets: it may be
   *   shared while both say so.
   */
  objection(
    { sharing }: CameraInfo,
    type: IncidentType,
    wallMs: number,
    steadyMs: number,
  ): OwnerObjection | undefined {
    if (sharing === undefined) return undefined;
    if (sharing.never) return 'camera-never-shared';
    if (sharing.types && !sharing.types.includes(type)) return 'camera-not-for-type';
    const open = this.#isOpen(sharing, wallMs) && this.#isOpen(sharing, steadyMs);
    return open ? undefined : 'camera-outside-hours';
  }

  /**
   * Whether hours of the camera have ended since a moment at which they had not, though they may have
   * begun again. Looks back a day, which is as long as a share lasts.
   */
  haveEnded({ sharing }: CameraInfo, sinceMs: number, nowMs: number): boolean {
    if (!sharing?.hours && !sharing?.days) return false;
    for (let ms = Math.max(sinceMs, nowMs - DAY_MS); ms < nowMs; ms += MINUTE_MS) {
      if (!this.#isOpen(sharing, ms)) return true;
    }
    return false;
  }

  #isOpen(rule: OwnerRule, unixMs: number): boolean {
    if (!rule.hours && !rule.days) return true;
    return isWithin(rule, this.#zone(rule.timezone).minuteOfWeek(unixMs));
  }

  #zone(timezone: string): LocalTime {
    const known = this.#zones.get(timezone) ?? new LocalTime(timezone);
    this.#zones.set(timezone, known);
    return known;
  }
}

const DAY_MS = MINUTES_OF_DAY * MINUTE_MS;
const WHOLE_DAY = { from: 0, to: MINUTES_OF_DAY };

/** Hours that end before they begin go on after midnight, and belong to the day on which they began. */
function isWithin({ hours = [WHOLE_DAY], days }: OwnerRule, minuteOfWeek: number): boolean {
  const today = Math.floor(minuteOfWeek / MINUTES_OF_DAY);
  const minute = minuteOfWeek % MINUTES_OF_DAY;
  const isDay = (day: number) => days === undefined || days.includes(day);
  return hours.some(({ from, to }) => {
    if (from < to) return isDay(today) && minute >= from && minute < to;
    const sinceYesterday = isDay((today + 6) % 7) && minute < to;
    return sinceYesterday || (isDay(today) && minute >= from);
  });
}

/** In words for the operator. */
export function ownerRefusal(
  objection: OwnerObjection,
  { name, sharing }: CameraInfo,
): LiveViewError {
  const why = WORDS[objection](sharing);
  return new LiveViewError(objection, `${name} is not shared: ${why}`);
}

const WORDS: Record<OwnerObjection, (rule: OwnerRule | undefined) => string> = {
  'camera-never-shared': () => 'its owner shares it with nobody',
  'camera-outside-hours': (rule) => `its owner shares it ${hoursInWords(rule)} only`,
  'camera-not-for-type': (rule) => `its owner shares it for ${rule?.types?.join(', ')} only`,
};

const DAY_NAMES = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** The rule as it is written in the configuration. */
export function asWritten({ hours, days, ...rest }: OwnerRule) {
  return {
    ...rest,
    ...(hours ? { hours: hours.map(({ from, to }) => `${clock(from)}-${clock(to)}`) } : {}),
    ...(days ? { days: days.map((day) => DAY_NAMES[day] ?? '') } : {}),
  };
}

function hoursInWords(rule: OwnerRule | undefined): string {
  if (!rule) return '';
  const { hours = [], days = [], timezone } = asWritten(rule);
  return [...hours, ...days, `(${timezone})`].join(' ');
}

function clock(minute: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}
