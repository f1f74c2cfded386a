import type { Entry, JsonObject } from '../journal/record.ts';
import type { ReportedAlarm } from './context.ts';
import { object, text } from './fields.ts';

/** The alarms of one incident as its own entries tell them: what was known when it got them, and what came after. */
export class AlarmsTold {
  readonly #alarms = new Map<string, ReportedAlarm>();

  get all(): readonly ReportedAlarm[] {
    return [...this.#alarms.values()];
  }

  add(entry: Entry): void {
    const id = text(entry.data, 'alarm');
    if (id === undefined) return;
    const known = groundIn(id, object(entry.data, 'ground')) ?? this.#alarms.get(id);
    if (known) this.#alarms.set(id, { ...known, ...judgedBy(entry) });
  }
}

function groundIn(id: string, ground: JsonObject): ReportedAlarm | undefined {
  const [kind, at, source] = [text(ground, 'kind'), text(ground, 'at'), object(ground, 'source')];
  if (kind === undefined || at === undefined) return undefined;
  const words = object(ground, 'text');
  const looked = lookIn(object(ground, 'looked'));
  return {
    ...{ id, kind, at, ...(looked ? { looked } : {}) },
    text: { nl: text(words, 'nl') ?? kind, en: text(words, 'en') ?? kind },
    source: { type: text(source, 'type') ?? '', id: text(source, 'id') ?? '' },
    verification: found(object(ground, 'verification'), {}),
  };
}

function lookIn(looked: JsonObject): { by: string; at: string } | undefined {
  const [by, at] = [text(looked, 'by'), text(looked, 'at')];
  return by === undefined || at === undefined ? undefined : { by, at };
}

/** By the words of an entry or of what was known; `by` whom and when, where the entry itself says that. */
function found(
  data: JsonObject,
  told: { readonly status?: string; readonly by?: string; readonly at?: string },
): ReportedAlarm['verification'] {
  return {
    status: told.status ?? text(data, 'status') ?? 'unverified',
    method: text(data, 'method'),
    cause: text(data, 'cause'),
    by: told.by ?? text(data, 'by'),
    at: told.at ?? text(data, 'at'),
  };
}

/** The verification that an entry of its kind leaves behind. */
const STATUSES: Readonly<Record<string, string>> = {
  'alarm.looking': 'looking',
  'alarm.let-go': 'unverified',
  'alarm.verified': 'verified',
  'alarm.false': 'false',
};

function judgedBy({ kind, data, actor, timeUnixUs }: Entry): Partial<ReportedAlarm> {
  const status = STATUSES[kind];
  if (status === undefined) return {};
  const told = { by: actor.user, at: new Date(timeUnixUs / 1_000).toISOString() };
  const verification = found(data, { status, ...told });
  return kind === 'alarm.looking' ? { looked: told, verification } : { verification };
}
