import type { PanelAccount, PanelZone } from './account.ts';
import type { Content } from './content.ts';
import type { PanelKind, Priority, Text } from './meaning.ts';
import type { Signal } from './signal.ts';
import { parseTimestamp } from './timestamp.ts';

/** What is told of a panel to whoever raises alarms. */
export interface PanelReport {
  readonly account: string;
  readonly site: string;
  readonly kind: PanelKind;
  readonly priority: Priority;
  readonly text: Text;
  /** Those of the site unless told. */
  readonly cameras?: readonly string[];
  /** Reports of an account with the same key are about the same thing. */
  readonly key: string;
  /** Unix ms, by the clock of the panel, where that is believed. */
  readonly occurredUnixMs?: number;
  readonly restored: boolean;
  readonly details: Readonly<Record<string, string>>;
  /** The same for a message that is sent again. */
  readonly once?: string;
}

/** What a message tells besides its events. */
export interface MessageFacts {
  readonly format: string;
  readonly sequence: string;
  readonly content: Content;
  readonly isClockRight: boolean;
  readonly isEncrypted: boolean;
}

/** Undefined for an activity, which nobody is called for. */
export function reportOf(
  account: PanelAccount,
  signal: Signal,
  message: MessageFacts,
): PanelReport | undefined {
  const { kind, priority, condition, area, number, subject, isRestored } = signal;
  if (kind === 'activity') return undefined;
  const zone = subject === 'zone' ? account.zones.get(number ?? '') : undefined;
  const cameras = zone?.cameras ?? account.cameras;
  const occurredUnixMs = occurredAt(message);
  return {
    account: account.number,
    site: account.site,
    ...{ kind, priority, restored: isRestored },
    text: { nl: wording(signal, zone, 'nl'), en: wording(signal, zone, 'en') },
    ...(cameras ? { cameras } : {}),
    key: [condition, area ?? '-', number ?? '-'].join('/'),
    ...(occurredUnixMs === undefined ? {} : { occurredUnixMs }),
    details: detailsOf(account, signal, message),
  };
}

const WORDS = {
  nl: { zone: 'zone', area: 'gebied', user: 'gebruiker' },
  en: { zone: 'zone', area: 'area', user: 'user' },
} as const;

/** `Overvalalarm, zone 12 (Toonbank), gebied 1`. */
function wording(signal: Signal, zone: PanelZone | undefined, language: 'nl' | 'en'): string {
  const { text, area, number, subject, user, label } = signal;
  const words = WORDS[language];
  const name = zone?.name ?? label;
  const named = name === undefined ? '' : ` (${name})`;
  const place = number === undefined ? name : `${words[subject]} ${number}${named}`;
  return [
    text[language],
    place,
    area === undefined ? undefined : `${words.area} ${area}`,
    user === undefined ? undefined : `${words.user} ${user}`,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}

/** The clock of a panel that is wrong says nothing about when something happened. */
function occurredAt({ content, isClockRight }: MessageFacts): number | undefined {
  if (!isClockRight) return undefined;
  const own = parseTimestamp(content.extended.get('H') ?? '');
  return own ?? content.timestamp?.unixMs;
}

/** Of the extended data; what it refers to is never fetched. */
const EXTENDED: Readonly<Record<string, string>> = {
  V: 'image',
  I: 'words',
  R: 'room',
  X: 'longitude',
  Y: 'latitude',
};
const MAX_VALUE = 500;

function detailsOf(
  account: PanelAccount,
  signal: Signal,
  { format, sequence, content, isEncrypted, isClockRight }: MessageFacts,
): Record<string, string> {
  const { code, area, number, subject, user, label } = signal;
  const foreign = content.account === account.number ? undefined : content.account;
  const facts: Record<string, string | undefined> = {
    account: account.number,
    accountInMessage: foreign,
    ...{ format, code, area, [subject]: number, label },
    ...(user === undefined ? {} : { user }),
    sequence,
    encrypted: isEncrypted ? 'yes' : 'no',
    panelTime: isClockRight ? undefined : content.timestamp?.text,
  };
  for (const [letter, name] of Object.entries(EXTENDED)) facts[name] = content.extended.get(letter);
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, value.slice(0, MAX_VALUE)]],
    ),
  );
}

/** A panel says nothing, or speaks again. */
export function silenceReport(
  account: PanelAccount,
  restored: boolean,
  refusal: Text | undefined,
): PanelReport {
  const seconds = Math.round((account.supervisionMs ?? 0) / 1_000);
  const { number } = account;
  const text = restored
    ? { nl: `Alarmsysteem ${number} meldt zich weer`, en: `Alarm panel ${number} reports again` }
    : {
        nl: `Alarmsysteem ${number} meldt zich niet meer (langer dan ${duration(seconds, 'nl')})`,
        en: `Alarm panel ${number} has fallen silent (for over ${duration(seconds, 'en')})`,
      };
  return {
    account: number,
    site: account.site,
    kind: 'technical',
    priority: 2,
    text: refusal ? { nl: `${text.nl}: ${refusal.nl}`, en: `${text.en}: ${refusal.en}` } : text,
    ...(account.cameras ? { cameras: account.cameras } : {}),
    key: 'silent',
    restored,
    details: { account: number, supervisionSeconds: String(seconds) },
  };
}

const UNITS = [
  { seconds: 3_600, nl: 'uur', en: ['hour', 'hours'] },
  { seconds: 60, nl: 'min', en: ['minute', 'minutes'] },
  { seconds: 1, nl: 's', en: ['second', 'seconds'] },
] as const;

function duration(seconds: number, language: 'nl' | 'en'): string {
  const unit = UNITS.find((each) => seconds % each.seconds === 0) ?? UNITS[2];
  const count = seconds / unit.seconds;
  return `${count} ${language === 'nl' ? unit.nl : unit.en[count === 1 ? 0 : 1]}`;
}
