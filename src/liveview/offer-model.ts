import type { IncidentAlarm } from './alarm-model.ts';
import type { IncidentType, RequestPolicies, Right } from './model.ts';
import type { OfferState } from './offer-machine.ts';

/** The centre would share this with a control room, which accepts or declines. Times are RFC 3339 UTC. */
export interface Offer {
  readonly controlRoom: string;
  readonly cameras: readonly string[];
  readonly rights: readonly Right[];
  readonly requests?: RequestPolicies;
  /** How long the share lasts from its acceptance. */
  readonly minutes: number;
  readonly offeredAt: string;
  readonly offeredBy: string;
  readonly expiresAt: string;
  readonly state: OfferState;
  /** Who decided, when, and why not. */
  readonly by?: string;
  readonly decidedAt?: string;
  readonly reason?: string;
}

/** What a control room knows of an incident that is offered to it: no images, no contacts. */
export interface OfferHeadline {
  readonly incident: string;
  readonly state: OfferState;
  readonly type: IncidentType;
  readonly site: { readonly id: string; readonly name: string };
  readonly priority: number | null;
  readonly summary: string;
  /** Its alarms, with what is known of their truth. */
  readonly alarms: readonly IncidentAlarm[];
  readonly rights: readonly Right[];
  readonly offeredAt: string;
  readonly offeredBy: string;
  readonly expiresAt: string;
}
