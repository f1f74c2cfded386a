import type { Actor } from '../journal/record.ts';
import type { Alarm } from '../liveview/alarm-model.ts';
import { each, type Html, html } from './html.ts';
import { en } from './words-en.ts';
import { nl, type Words } from './words-nl.ts';

export type Language = 'nl' | 'en';
const LANGUAGES: Readonly<Record<Language, Words>> = { nl, en };

/** How things are called now; what is no longer configured is called by its id. */
export interface Names {
  camera(id: string): string | undefined;
  site(id: string): { readonly name: string; readonly address?: string | undefined } | undefined;
  controlRoom(id: string): string | undefined;
  plan?(id: string): string | undefined;
}

/** An alarm, of this or an older version of the journal. */
export interface ReportedAlarm extends Pick<Alarm, 'id' | 'text' | 'at' | 'looked'> {
  readonly kind: string;
  readonly verification: {
    readonly status: string;
    readonly method?: string | undefined;
    readonly cause?: string | undefined;
    readonly by?: string | undefined;
    readonly at?: string | undefined;
  };
  /** The id is not known any more of one that ended long ago. */
  readonly source: { readonly type: string; readonly id?: string };
}

export interface ReportOptions {
  readonly language: Language;
  readonly names: Names;
  /** Of the centre, for the head. */
  readonly centreName: string;
  /** IANA, e.g. `Europe/Amsterdam`. */
  readonly timeZone: string;
  /** Those that belong to the incident, for what its entries do not tell: they were written before that was kept. */
  readonly alarms: readonly ReportedAlarm[];
  /** Unix µs at which the report is made. */
  readonly madeUnixUs: number;
}

/** Words, names and times as a report of one language and time zone has them. */
export class Phrasing {
  readonly language: Language;
  readonly words: Words;
  readonly names: Names;
  readonly #day: Intl.DateTimeFormat;
  readonly #time: Intl.DateTimeFormat;
  readonly #number: Intl.NumberFormat;

  constructor({ language, names, timeZone }: ReportOptions) {
    this.language = language;
    this.words = LANGUAGES[language];
    this.names = names;
    const { locale } = this.words;
    this.#day = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone });
    this.#time = new Intl.DateTimeFormat(locale, {
      ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZone },
    });
    this.#number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  }

  day(unixUs: number): string {
    return this.#day.format(unixUs / 1000);
  }

  time(unixUs: number): string {
    return this.#time.format(unixUs / 1000);
  }

  moment(unixUs: number): string {
    return `${this.day(unixUs)}, ${this.time(unixUs)}`;
  }

  /** The day too, where that is another than that of the beginning. */
  timeSince(unixUs: number, fromUnixUs: number): string {
    const sameDay = this.day(unixUs) === this.day(fromUnixUs);
    return sameDay ? this.time(unixUs) : this.moment(unixUs);
  }

  number(value: number): string {
    return this.#number.format(value);
  }

  /** `1:02:03`, or `4.2 s` below a minute. */
  span(us: number): string {
    const seconds = Math.max(0, us / 1_000_000);
    if (seconds < 60) return `${this.number(seconds)} s`;
    const whole = Math.round(seconds);
    const two = (value: number) => String(value).padStart(2, '0');
    return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  }

  bytes(count: number): string {
    if (count >= 1_000_000) return `${this.number(count / 1_000_000)} MB`;
    return `${this.number(count / 1_000)} kB`;
  }

  camera(id: string): string {
    return this.names.camera(id) ?? id;
  }

  room(id: string): string {
    return this.names.controlRoom(id) ?? id;
  }

  /** A person with the room that it is of; the centre's own without. */
  person({ user, role, controlRoom }: Actor): string {
    if (role === 'gateway') return this.words.gateway;
    return controlRoom === undefined ? user : `${user} ${this.words.of(this.room(controlRoom))}`;
  }

  list(ids: readonly string[], name: (id: string) => string): string {
    return ids.map(name).join(', ');
  }
}

/** A word of a fixed vocabulary; what is not in it as it is. */
export function word(vocabulary: Readonly<Record<string, string>>, key: string): string {
  return Object.hasOwn(vocabulary, key) ? (vocabulary[key] ?? key) : key;
}

/** Names and values; those without a value are left out. */
export function definitions(rows: readonly (readonly [string, string | undefined])[]): Html {
  const shown = rows.filter(([, value]) => value !== undefined && value !== '');
  return html`<dl>${shown.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

/** A table with a row for each, or `none` when there is nothing in it. */
export function table<T>(
  heads: readonly string[],
  items: readonly T[],
  none: string,
  row: (item: T) => Html,
): Html {
  if (items.length === 0) return html`<p>${none}</p>`;
  return html`<table><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${each(items, row)}</tbody></table>`;
}
