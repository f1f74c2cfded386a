/** What an alarm is, and what is made of it by people. Times are RFC 3339 UTC. */

export const ALARM_KINDS = [
  'hold-up',
  'burglary',
  'fire',
  'medical',
  'tamper',
  'technical',
  'motion',
  'other',
] as const;
export type AlarmKind = (typeof ALARM_KINDS)[number];

/** `gateway`: what the gateway tells of a source, such as that it tells too much. */
export const ALARM_SOURCES = ['dc09', 'onvif', 'webhook', 'operator', 'gateway'] as const;
export type AlarmSourceType = (typeof ALARM_SOURCES)[number];

/** How somebody came to know that it is true. */
export const VERIFICATION_METHODS = ['camera', 'listen-in', 'several-buttons', 'witness'] as const;
export type VerificationMethod = (typeof VERIFICATION_METHODS)[number];

/** Why there was an alarm and nothing the matter. */
export const FALSE_CAUSES = [
  'mistake',
  'test',
  'fault',
  'surroundings',
  'nothing-found',
  'other',
] as const;
export type FalseCause = (typeof FALSE_CAUSES)[number];

/** What is known of the truth of an alarm, by whom and since when. */
export type Verification =
  | { readonly status: 'unverified' }
  | { readonly status: 'looking'; readonly by: string; readonly at: string }
  | {
      readonly status: 'verified';
      readonly method: VerificationMethod;
      readonly by: string;
      readonly at: string;
      readonly note?: string;
      /** Other alarms of the site that it rests on too. */
      readonly alongside?: readonly string[];
    }
  | {
      readonly status: 'false';
      readonly cause: FalseCause;
      readonly by: string;
      readonly at: string;
      readonly note?: string;
    };

/** Plain language, for people. */
export interface AlarmText {
  readonly nl: string;
  readonly en: string;
}

export interface Alarm {
  readonly id: string;
  readonly source: { readonly type: AlarmSourceType; readonly id: string };
  readonly site: string;
  readonly kind: AlarmKind;
  /** 1 (most urgent) … 5. */
  readonly priority: number;
  readonly text: AlarmText;
  /** Those that see it. */
  readonly cameras: readonly string[];
  readonly details: Readonly<Record<string, string>>;
  /** When it came in, by the gateway's clock. */
  readonly at: string;
  /** When it happened, by the source's own word. */
  readonly occurredAt?: string;
  readonly state: 'open' | 'ended';
  readonly verification: Verification;
  /** Who looked at it last, and since when. */
  readonly looked?: { readonly by: string; readonly at: string };
  /** When people were called for it last: it came in, or was told anew (`alarm-calls.ts`). */
  readonly calledAt: string;
  /** What the source told besides the first time. */
  readonly repeats: { readonly count: number; readonly lastAt?: string };
  /** Over at the source; it stays open until somebody ends it. */
  readonly restoredAt?: string;
  /** The incident that was opened from it, or that it was added to. */
  readonly incident?: string;
  readonly endedAt?: string;
  readonly endedBy?: string;
  readonly endNote?: string;
}

/** What was known of an alarm when its incident got it: the ground of what follows, kept with the incident. */
export type AlarmGround = Pick<
  Alarm,
  | 'source'
  | 'kind'
  | 'priority'
  | 'text'
  | 'at'
  | 'occurredAt'
  | 'repeats'
  | 'looked'
  | 'verification'
>;

export function groundOf(alarm: Alarm): AlarmGround {
  const { source, kind, priority, text, at, occurredAt, repeats, looked, verification } = alarm;
  return {
    ...{ source, kind, priority, text, at, repeats, verification },
    ...(occurredAt === undefined ? {} : { occurredAt }),
    ...(looked === undefined ? {} : { looked }),
  };
}

/** An alarm as its incident shows it, to the control rooms too. */
export interface IncidentAlarm extends Pick<Alarm, 'id' | 'kind' | 'text' | 'at' | 'occurredAt'> {
  /** At the centre: the site that it was at, when that is not the incident's. */
  readonly site?: string;
  readonly source: AlarmSourceType;
  readonly verification: Verification;
}
