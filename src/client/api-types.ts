import type { AlarmKind, AlarmText } from '../liveview/alarm-model.ts';
import type { AlarmJudgement } from '../liveview/judging.ts';
import type {
  ControlRoom,
  Incident,
  IncidentType,
  RequestPolicies,
  Right,
  Site,
} from '../liveview/model.ts';
import type { StepNow } from '../liveview/steps.ts';
import type { IncidentPlan, PlanView } from '../server/plan-views.ts';
import type { PictureState } from '../server/protocol.ts';
import type {
  AlarmView,
  ControlView,
  HolderView,
  OutputOnView,
  OutputView,
  SessionAction,
} from '../server/views.ts';

export type {
  AlarmJudgement,
  AlarmView,
  ControlView,
  HolderView,
  IncidentPlan,
  OutputOnView,
  OutputView,
  PlanView,
  SessionAction,
  StepNow,
};

/** Who the gateway says the caller is. */
/** How people log in at the centre. */
export interface WaysIn {
  /** With a user name of the gateway itself. */
  readonly password: boolean;
  /** At the centre's own directory, by what it is called. */
  readonly openid?: { readonly name: { readonly nl: string; readonly en: string } };
}

export interface SessionView {
  readonly user: string;
  /** As the directory calls this person. */
  readonly name?: string;
  readonly role: string;
  readonly side: 'centre' | 'police';
  /** What it may do, in the words of the gateway's permissions: for showing no button that is refused. */
  readonly may: readonly SessionAction[];
  /** The caller's own control room, on the police side. */
  readonly controlRoom?: string;
  readonly controlRoomName?: string;
  /** The name of the centre, for the head of the page. */
  readonly gateway?: string;
  /** Centre side: with whom incidents can be shared. */
  readonly controlRooms?: readonly ControlRoom[];
  /** Police side: of which sites images may be asked by `view`. */
  readonly requestableSites?: readonly { readonly id: string; readonly name: string }[];
  /** Centre side: how long a share lasts unless told, minutes. */
  readonly grantMinutes?: number;
  /** Centre side: incidents can be played here, for a workshop. */
  readonly demonstration?: boolean;
}

/** To whom an incident can be handed over. */
export interface Colleague {
  readonly user: string;
  /** As the directory calls this person. */
  readonly name?: string;
  readonly role: 'operator' | 'supervisor';
}

/** Incidents that can be played, and which one is. */
export interface DemonstrationView {
  readonly scripts: readonly {
    readonly id: string;
    readonly title: InWords;
    readonly seconds: number;
    /** What happens by itself, in order. */
    readonly steps: readonly { readonly afterSeconds: number; readonly text: InWords }[];
  }[];
  readonly running: {
    readonly script: string;
    readonly since: string;
    /** `afterSeconds` of steps that should have happened and did not. */
    readonly failedSeconds: readonly number[];
  } | null;
}

/** A text in both languages. */
export interface InWords {
  readonly nl: string;
  readonly en: string;
}

export interface SiteView extends Site {
  /** Identifiers of its cameras, where the gateway says so. */
  readonly cameras?: readonly string[];
}

/** What a camera can be asked; null for a fixed camera, absent while that is not known. */
export interface PtzView {
  readonly continuous: { readonly panTilt: boolean; readonly zoom: boolean };
  readonly absolute?: { readonly panTilt: boolean; readonly zoom: boolean };
  readonly home: boolean;
  readonly presets: readonly { readonly token: string; readonly name: string }[];
}

export interface PictureView {
  readonly stream: 'main' | 'sub';
  readonly state: PictureState;
  readonly code?: string;
  readonly reason?: string;
  /** RFC 3339 UTC. */
  readonly since: string;
}

export interface CameraView {
  readonly id: string;
  readonly name: string;
  readonly site: string;
  readonly ptz?: PtzView | null;
  /** What can be switched at it, for a control room what it may ask; absent when that is nothing. */
  readonly outputs?: readonly OutputView[];
  /** At the centre: what is switched on now; absent when nothing is. */
  readonly on?: readonly OutputOnView[];
  /** At the centre: who has the camera; null when it is free. */
  readonly holder?: HolderView | null;
  /** At the centre: why it did not return after the incidents in which it was moved. */
  readonly astray?: ControlView['astray'];
  /** At the centre: how the pictures of its streams are, of those that are pulled now. */
  readonly pictures?: readonly PictureView[];
  /** At the centre: when its owner lets it be shared, as in the configuration. */
  readonly sharing?: OwnerRuleView;
}

export interface OwnerRuleView {
  readonly never?: boolean;
  /** `18:00-07:00` */
  readonly hours?: readonly string[];
  /** `mon` … `sun` */
  readonly days?: readonly string[];
  readonly timezone: string;
  readonly types?: readonly IncidentType[];
}

/** An incident with what is needed to show it: names instead of identifiers. */
export interface IncidentView extends Incident {
  /** The site; for a control room the only way to learn its name and address. */
  readonly siteDetails?: Pick<Site, 'id' | 'name'> & Partial<Site>;
  /** The cameras that this caller may see in this incident. */
  readonly cameraDetails?: readonly CameraView[];
  /** Cameras of the site that are not shared, and that a control room may ask for by `camera.switch`. */
  readonly neighbours?: readonly Pick<CameraView, 'id' | 'name'>[];
  /** At the centre: what it wants done before closing; what is required and open keeps it open. */
  readonly closingSteps?: readonly StepNow[];
  /** Plans of the site; for a control room those that it sees or may ask for, by `plan.show`. */
  readonly plans?: readonly IncidentPlan[];
}

/** An alarm that a program or an operator tells of; what is left out follows from the kind and the site. */
export interface AlarmTold {
  readonly site?: string;
  /** A source's own word; the gateway's configuration says what it means. */
  readonly type?: string;
  readonly kind?: AlarmKind;
  /** 1 (most urgent) … 5. */
  readonly priority?: number;
  readonly text?: AlarmText | string;
  readonly cameras?: readonly string[];
  /** Reports with the same key are one alarm while that is open. */
  readonly key?: string;
  /** RFC 3339. */
  readonly occurredAt?: string;
  readonly restored?: boolean;
  readonly details?: Readonly<Record<string, string | number | boolean>>;
  /** Told twice by one key, it is one report. */
  readonly idempotencyKey?: string;
}

/** What a source is answered; an operator is answered the whole alarm. */
export type AlarmReceipt = Pick<AlarmView, 'id' | 'state' | 'at' | 'repeats'>;

/** Of a list of things that are under way or over. */
export interface Page {
  /** What is over, before the thing of this id. */
  readonly before?: string;
  /** So many that are over; 100 unless told. */
  readonly limit?: number;
}

export interface AlarmFilter extends Page {
  readonly state?: 'open' | 'ended';
  readonly site?: string;
  readonly kind?: AlarmKind;
  readonly incident?: string;
}

export interface ShareTerms {
  readonly cameras: readonly string[];
  readonly rights: readonly Right[];
  /** As long as the centre's configuration says unless told. */
  readonly expiresInMinutes?: number;
  /** What becomes of the control room's requests, in place of what the cameras say. */
  readonly requests?: RequestPolicies;
}

/** What may be changed of an open incident; absent is unchanged. */
export interface IncidentChange {
  readonly type?: IncidentType;
  readonly summary?: string;
  readonly priority?: number | null;
  readonly counts?: Incident['counts'];
  /** Added to the notes. */
  readonly note?: string;
}
