import { createHash } from 'node:crypto';
import type { Caller } from '../access/caller.ts';
import { LiveViewError } from '../core/errors.ts';
import { canonicalJson } from '../journal/canonical.ts';
import { alarmKey } from '../liveview/alarm-events.ts';
import { KIND_FACTS } from '../liveview/alarm-kinds.ts';
import type { AlarmKind, AlarmText } from '../liveview/alarm-model.ts';
import type { AlarmReport } from '../liveview/alarms.ts';
import type { RaiseAlarm } from './alarm-schemas.ts';
import type { ListenerDeps } from './deps.ts';
import { parse } from './route.ts';

/**
 * What a caller tells, as the domain takes it. A source is known by its token, and its words by the
 * configuration; an operator says all of it.
 *
 * @throws LiveViewError `source-not-configured`, `unknown-type`, `not-allowed`, `invalid-request`
 */
export function reportOf(
  { sourceReport }: Pick<ListenerDeps, 'sourceReport'>,
  { user, role }: Caller,
  told: RaiseAlarm,
): AlarmReport {
  if (role !== 'source') return operatorReport(user, told);
  const report = sourceReport?.(user, told);
  if (report) return report;
  throw new LiveViewError(
    'source-not-configured',
    `no source is configured for the token ${user}; add it to alarms.webhook`,
  );
}

/** The header of the Internet-Draft “The Idempotency-Key HTTP Header Field”, which may be quoted. */
export function withHeader(told: RaiseAlarm, header: string | string[] | undefined): RaiseAlarm {
  if (header === undefined) return told;
  const text = String(header);
  const key = /^"(.*)"$/.exec(text)?.[1] ?? text;
  const idempotencyKey = parse('Idempotency-Key', alarmKey, key);
  if ((told.idempotencyKey ?? idempotencyKey) === idempotencyKey)
    return { ...told, idempotencyKey };
  throw new LiveViewError('invalid-request', 'header and body have different idempotency keys');
}

/** What a report has whoever tells it. */
export function commonOf(
  told: RaiseAlarm,
): Pick<AlarmReport, 'occurredAt' | 'restored' | 'details' | 'once' | 'fingerprint'> {
  const { idempotencyKey, ...report } = told;
  const { occurredAt, restored, details } = report;
  return {
    ...(occurredAt === undefined ? {} : { occurredAt: new Date(occurredAt).toISOString() }),
    ...(restored === undefined ? {} : { restored }),
    ...(idempotencyKey === undefined
      ? {}
      : { once: idempotencyKey, fingerprint: fingerprintOf(report) }),
    details: Object.fromEntries(
      Object.entries(details ?? {}).map(([name, value]) => [name, String(value)]),
    ),
  };
}

/** The same for what is told twice in other words: another order, or white space. */
function fingerprintOf(report: Omit<RaiseAlarm, 'idempotencyKey'>): string {
  return createHash('sha256').update(canonicalJson(report)).digest('base64url');
}

/** By its kind, as far as it is not told. */
export function kindOf(
  told: Pick<RaiseAlarm, 'priority' | 'text'> & { readonly kind: AlarmKind },
): Pick<AlarmReport, 'kind' | 'priority' | 'text'> {
  const { kind, priority, text } = told;
  const facts = KIND_FACTS[kind];
  return { kind, priority: priority ?? facts.priority, text: inBoth(text) ?? facts.text };
}

function inBoth(text: RaiseAlarm['text']): AlarmText | undefined {
  return typeof text === 'string' ? { nl: text, en: text } : text;
}

function operatorReport(user: string, told: RaiseAlarm): AlarmReport {
  const { site, kind, cameras, type } = told;
  if (site === undefined || kind === undefined || type !== undefined) {
    throw new LiveViewError('invalid-request', 'say the site and the kind; types are for sources');
  }
  const facts = kindOf({ ...told, kind });
  return {
    source: { type: 'operator', id: user },
    site,
    ...facts,
    ...(cameras === undefined ? {} : { cameras }),
    key: told.key ?? `${kind} ${facts.text.nl}`.slice(0, MAX_KEY),
    ...commonOf(told),
  };
}

/** Two alarms that begin alike for so long are one. */
const MAX_KEY = 200;
