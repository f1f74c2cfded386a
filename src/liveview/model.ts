import type { IncidentAlarm } from './alarm-model.ts';
import type { HandoverState } from './handover-machine.ts';
import type { IncidentState } from './incident-machine.ts';
import type { Offer } from './offer-model.ts';
import type { IncidentImage } from './plan-model.ts';
import type { ReasonCode } from './reasons.ts';

/** The nouns of Live View. Times are RFC 3339 UTC, as in the API. */

export type IncidentType =
  | 'robbery'
  | 'burglary'
  | 'violence'
  | 'disturbance'
  | 'fire'
  | 'medical'
  | 'other';
export type Outcome = 'resolved' | 'handed-over' | 'false-alarm';
export type Right = 'view' | 'ptz' | 'switch' | 'plan';

/** A control room's right to see and ask, within one incident. */
export interface Grant {
  readonly controlRoom: string;
  readonly cameras: readonly string[];
  readonly rights: readonly Right[];
  /** In place of what the cameras say, but for their `never`. */
  readonly requests?: RequestPolicies;
  readonly grantedAt: string;
  readonly grantedBy: string;
  readonly expiresAt: string;
}

/** An empty tile keeps its place; a control room gets one where a camera is not shared with it. */
export type Tile =
  | { readonly camera: string }
  | { readonly plan: string }
  | { readonly image: string }
  | { readonly empty: true };

/** What the operator composed; every control room that follows sees exactly this. */
export interface Screen {
  readonly tiles: readonly Tile[];
  /** Index of the tile that is meant: shown large where the layout has a large tile; or null. */
  readonly focus: number | null;
  /** Absent: what suits the number of tiles, and the focus. */
  readonly layout?: ScreenLayout;
}

export type ScreenLayout = '1' | '2x2' | '1+3' | '3x3';

export interface Note {
  readonly at: string;
  /** Who wrote it; absent where a control room is shown what another one wrote. */
  readonly by?: string;
  /** Of whoever wrote it; absent for the centre, and where `by` is. */
  readonly controlRoom?: string;
  readonly text: string;
}

/** How far somebody has read the log, by their own word: its first `upTo` notes. */
export interface ReadMark {
  readonly user: string;
  /** Absent for the centre. */
  readonly controlRoom?: string;
  readonly upTo: number;
  readonly at: string;
}

/** An operator offers an incident to a colleague. */
export interface Handover {
  readonly from: string;
  readonly to: string;
  readonly at: string;
  readonly note?: string;
  readonly state: HandoverState;
  /** Who ended it, when, and why it was declined. */
  readonly by?: string;
  readonly decidedAt?: string;
  readonly reason?: string;
}

/** What became of a step that the centre wants done before closing. */
export interface StepMark {
  readonly step: string;
  readonly state: 'done' | 'explained';
  readonly by: string;
  readonly at: string;
  readonly note?: string;
}

export interface Incident {
  readonly id: string;
  readonly type: IncidentType;
  readonly site: string;
  readonly summary: string;
  readonly priority: number | null;
  readonly counts: {
    readonly robbers?: number;
    readonly weapons?: number;
    readonly injured?: number;
  };
  /** Cameras that belong to the incident; a grant names some of them or others of the same site. */
  readonly cameras: readonly string[];
  readonly state: IncidentState;
  readonly openedAt: string;
  readonly openedBy: string;
  /** The operator who answers for it; absent while it is only asked for. */
  readonly responsible?: string;
  /** The newest, whatever became of it; for the centre. Absent when there was none. */
  readonly handover?: Handover;
  readonly closedAt?: string;
  readonly closedBy?: string;
  readonly outcome?: Outcome;
  readonly closingNote?: string;
  /** Grants in force; withdrawn and expired ones are in the journal. */
  readonly grants: readonly Grant[];
  readonly screen: Screen;
  /** The running log, oldest first. */
  readonly notes: readonly Note[];
  /** A control room sees its own and those of the centre. Absent while nobody has read. */
  readonly reads?: readonly ReadMark[];
  /** Steps that are done or explained; for the centre. */
  readonly steps?: readonly StepMark[];
  /** Those that it was opened from or that were added to it; absent when there were none. */
  readonly alarms?: readonly IncidentAlarm[];
  /** Stills and other pictures; absent when there were none. */
  readonly images?: readonly IncidentImage[];
  /** The newest to each control room, whatever became of it; for the centre. Absent when there was none. */
  readonly offers?: readonly Offer[];
  /** The control room that asked for images; absent when the centre began. */
  readonly requestedBy?: {
    readonly user: string;
    readonly controlRoom: string;
    readonly at: string;
    readonly request: string;
  };
}

/** What is asked of the desk. */
export type DeskAction =
  | 'ptz.move'
  | 'ptz.zoom'
  | 'ptz.goto'
  | 'ptz.preset'
  | 'ptz.home'
  | 'ptz.take'
  | 'relay.set'
  | 'camera.switch'
  | 'plan.show';

/** `view`: images of a site at which nothing is shared yet. */
export type RequestAction = DeskAction | 'view' | 'note';

/** `running` is only for what lasts until it is released: movements, and a camera that was taken. */
export type RequestState =
  | 'pending'
  | 'accepted'
  | 'running'
  | 'done'
  | 'declined'
  | 'failed'
  | 'expired';

/** Something a control room (or the operator) asked for. */
export interface LiveRequest {
  readonly id: string;
  /** Null when an operator steers a camera outside an incident. */
  readonly incident: string | null;
  readonly action: RequestAction;
  readonly camera?: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly user: string;
  readonly controlRoom?: string;
  readonly createdAt: string;
  readonly state: RequestState;
  /** Why it was declined, failed or expired; for people, the operator before all. */
  readonly reason?: string;
  /** The same for programs; absent when a person wrote `reason`. */
  readonly reasonCode?: ReasonCode;
  /** Who decided. */
  readonly by?: string;
}

export type Policy = 'auto' | 'confirm' | 'never';
/** What a policy speaks of: an action, or what several actions have in common. */
export type AskKind = 'ptz' | 'zoom' | 'preset' | 'home' | 'relay' | 'switch' | 'plan';
export type RequestPolicies = Readonly<Partial<Record<AskKind, Policy>>>;

/** What the domain needs to know of a site and its cameras; comes from the configuration. */
export interface Site {
  readonly id: string;
  readonly name: string;
  readonly address?: string;
  readonly instructions?: string;
  readonly contacts: readonly {
    readonly name: string;
    readonly phone?: string;
    readonly role?: string;
  }[];
  /** The control rooms that may ask for images of it, and the name by which they know it. */
  readonly requestable?: { readonly by: readonly string[]; readonly name: string };
}

/** When the owner of a camera lets it be shared; what is absent limits nothing. */
export interface OwnerRule {
  readonly never?: boolean;
  /** Minutes of the day; `to` is not within, and lies on the next day when it is not after `from`. */
  readonly hours?: readonly { readonly from: number; readonly to: number }[];
  /** On which the hours begin; 0 is Monday. */
  readonly days?: readonly number[];
  /** IANA. */
  readonly timezone: string;
  readonly types?: readonly IncidentType[];
}

export type OutputKind = 'light' | 'siren' | 'gate' | 'other';

/** What hangs on a relay output of a camera. */
export interface OutputInfo {
  readonly id: string;
  /** As the camera calls it; absent for the only one that it has. */
  readonly token?: string;
  readonly kind: OutputKind;
  readonly name: { readonly nl: string; readonly en: string };
  /** It is on for this long at a time; absent: until it is switched off. */
  readonly pulseMs?: number;
  /** Of one that stays on: at most this long. */
  readonly maxMs?: number;
  /** How its contact is while it is off; as the camera has it unless given. */
  readonly idle?: 'open' | 'closed';
  /** What a control room may ask of it. */
  readonly requests: { readonly on: Policy; readonly off: Policy };
}

export interface CameraInfo {
  readonly id: string;
  readonly name: string;
  readonly site: string;
  readonly requests: RequestPolicies & { readonly ptz: Policy; readonly switch: Policy };
  /** Its owner's word; shared freely unless there is one. */
  readonly sharing?: OwnerRule;
  /** What can be switched on it; absent when nothing can. */
  readonly outputs?: readonly OutputInfo[];
  /** Where it goes after the incidents in which it was moved; home unless told, where it has one. */
  readonly afterIncident?: 'home' | 'stay' | { readonly preset: string };
}

export type Service = 'police' | 'fire' | 'ambulance' | 'municipality' | 'other';

export interface ControlRoom {
  readonly id: string;
  readonly name: string;
  readonly service: Service;
}

/** Something that a centre wants done before an incident is closed. */
export interface ClosingStep {
  readonly id: string;
  readonly text: { readonly nl: string; readonly en: string };
  /** Of which incidents; of all unless told. */
  readonly types?: readonly IncidentType[];
  /** Not closed before it is done or explained. */
  readonly required: boolean;
}

/** The configured world. Ids are unique within their kind. */
export interface Directory {
  readonly sites: ReadonlyMap<string, Site>;
  readonly cameras: ReadonlyMap<string, CameraInfo>;
  readonly controlRooms: ReadonlyMap<string, ControlRoom>;
  readonly closingSteps: readonly ClosingStep[];
  readonly grantMinutes: number;
  readonly offerMinutes: number;
  readonly viewRequestMinutes: number;
  readonly requestSeconds: number;
  /** How long a camera stays in the hands of whoever does nothing with it. */
  readonly holdSeconds: number;
  /** What becomes of a control room's wish to see a plan. */
  readonly planRequests: Policy;
  /** How long stills and other images of an incident are kept. */
  readonly imageDays: number;
}
