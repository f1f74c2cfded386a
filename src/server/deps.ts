import type { Registry } from 'prom-client';
import type { CertificateRooms } from '../access/certificate-rooms.ts';
import type { KnownPlaces } from '../access/known-places.ts';
import type { DirectoryLogin } from '../access/openid/directory-login.ts';
import type { CallerRole } from '../access/role.ts';
import type { Sessions } from '../access/sessions.ts';
import type { TokenStore } from '../access/tokens.ts';
import type { UserStore } from '../access/users.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import type { Permit, PermitEnd } from '../core/permit.ts';
import type { Egress } from '../egress/egress.ts';
import type { Journal } from '../journal/record.ts';
import type { AlarmReport } from '../liveview/alarms.ts';
import type { LiveView } from '../liveview/liveview.ts';
import type { Directory } from '../liveview/model.ts';
import type { MadePicture } from '../liveview/plan-model.ts';
import type { Viewings } from '../liveview/viewings.ts';
import type { FragmentReader, MediaFormat } from '../video/fragment.ts';
import type { RaiseAlarm } from './alarm-schemas.ts';
import type { PictureState, Quality } from './protocol.ts';

/** What a viewer would like; the gateway answers with the nearest that there is. */
export interface MediaWish {
  readonly quality: Quality;
  /** What the viewer decodes, RFC 6381; none means H.264. `any`: as the camera makes it. */
  readonly codecs: readonly string[] | 'any';
  readonly formats: readonly MediaFormat[];
  /** The player goes on when its picture becomes another in the middle: its quality may be changed. */
  readonly followsChanges?: boolean;
}

export interface SnapshotWish {
  /** The widest that is wanted; as the camera makes it unless told. */
  readonly width?: number;
}

export interface MediaListener {
  /** The reader has something again. */
  readable(): void;
  /** No more pictures come: the permit has ended, or the camera is gone for good. */
  ended(end: MediaEnd): void;
  /** The stream of which the pictures are made is in another condition now. */
  condition?(condition: PictureCondition): void;
}

/** How the pictures of a stream are; everything in it is for the centre. */
export interface PictureCondition {
  readonly state: PictureState;
  readonly code?: string;
  readonly reason?: string;
  readonly sinceUnixUs: number;
}

export interface StreamPicture extends PictureCondition {
  /** `main` or `sub`. */
  readonly stream: string;
}

/** What a viewer measured since its last report. */
export interface ViewerStats {
  readonly latencyMs: number;
  readonly decoded: number;
  readonly dropped: number;
}

/** Why pictures ended: as the permit did, or with another stable code. */
export interface MediaEnd {
  readonly code: PermitEnd['code'] | (string & {});
  readonly reason: string;
}

/** A reader that says what was chosen. */
export interface MediaReader extends FragmentReader {
  readonly quality?: Quality | undefined;
  /** The pictures are made anew, not passed on as the camera makes them. */
  readonly transcoded?: boolean;
  /** As it is now; undefined when nothing is known. */
  readonly condition?: PictureCondition | undefined;
  /** What its viewer says that it measured; nothing in it is believed. */
  report?(stats: ViewerStats): void;
}

/** All that the server knows of video: a permit becomes fragments. */
export type OpenMedia = (permit: Permit, wish: MediaWish, listener: MediaListener) => MediaReader;

/** What can be asked of a camera; null for a fixed one. */
export interface CameraPtz {
  readonly continuous: { readonly panTilt: boolean; readonly zoom: boolean };
  readonly absolute?: { readonly panTilt: boolean; readonly zoom: boolean };
  readonly home: boolean;
  readonly presets: readonly { readonly token: string; readonly name: string }[];
}

export interface Readiness {
  readonly ready: boolean;
  /** Parts that are not well, each with its reason; for whoever may `diagnostics.read`. */
  readonly problems?: readonly string[];
}

/** An incident that can be played for a workshop: what happens by itself, and when. */
export interface DemonstrationScript {
  readonly id: string;
  readonly title: { readonly nl: string; readonly en: string };
  readonly steps: readonly {
    readonly afterSeconds: number;
    readonly text: { readonly nl: string; readonly en: string };
  }[];
  /** After this long it is over. */
  readonly seconds: number;
}

export interface Demonstration {
  readonly scripts: readonly DemonstrationScript[];
  readonly running:
    | {
        readonly script: string;
        readonly sinceUnixUs: number;
        /** Steps that should have happened and did not, by their times. */
        readonly failedSeconds: readonly number[];
      }
    | undefined;
  /** @throws LiveViewError `unknown-script`, `demonstration-running` */
  start(script: string): void;
  stop(): void;
}

/** Makes pictures of what is uploaded. */
export interface PictureMaking {
  /** Of one file. */
  readonly maxBytes: number;
  /**
   * @param page of a PDF, from 1.
   * @throws LiveViewError that says what to do.
   */
  make(bytes: Buffer, page?: number): Promise<MadePicture>;
}

/** The centre's own directory. */
export interface OpenId {
  readonly login: Pick<DirectoryLogin, 'begin' | 'finish' | 'end'>;
  /** What the button says. */
  readonly name: string | { readonly nl: string; readonly en: string };
  /** Whether local users get in at the centre besides. */
  readonly localUsers: boolean;
}

/** What the listeners serve. Both sides are given the same; the routes decide what each shows. */
export interface ListenerDeps {
  readonly liveview: LiveView;
  readonly viewings: Viewings;
  readonly users: UserStore;
  readonly tokens: TokenStore;
  readonly sessions: Sessions;
  /** Which client certificates stand for which control room, on the police side. */
  readonly certificateRooms?: Pick<CertificateRooms, 'isUsed' | 'of'>;
  /** Roles that do not get in without a second factor. */
  readonly secondFactorFor?: readonly CallerRole[];
  readonly knownPlaces?: KnownPlaces;
  /** Where people of the centre log in by its own directory. */
  readonly openid?: OpenId;
  readonly journal: Journal;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly log: Logger;
  readonly openMedia: OpenMedia;
  /** Where what leaves is counted. */
  readonly egress?: Egress;
  /** The name of the centre, for the head of a console. */
  readonly gatewayName?: string;
  /** A JPEG of the camera as it is now. Has its own deadline. */
  readonly snapshot?: (permit: Permit, wish: SnapshotWish) => Promise<Buffer>;
  /** Absent for a gateway that keeps no plans and images. */
  readonly pictureMaker?: PictureMaking;
  /** What is known of a camera now; undefined while it has not answered. */
  readonly ptz?: (camera: string) => CameraPtz | null | undefined;
  /** How the pictures of those streams of a camera are that are pulled now. */
  readonly pictures?: (camera: string) => readonly StreamPicture[];
  /** What a program tells that came with this token; undefined when no source is configured for it. */
  readonly sourceReport?: (token: string, told: RaiseAlarm) => AlarmReport | undefined;
  /** The built consoles: `operator/`, `meldkamer/` and what they share in `assets/`. */
  readonly webRoot?: string;
  /** Where the listeners put their figures, and what `/metrics` prints. */
  readonly metrics?: Registry;
  readonly status?: () => Readiness;
  /** Only in a demonstration. */
  readonly demonstration?: Demonstration | undefined;
  /** Origins besides the listener's own, e.g. of a reverse proxy: `https://liveview.example`. */
  readonly allowedOrigins?: readonly string[];
  /** Addresses and networks of reverse proxies that say for whom they speak. */
  readonly trustedProxies?: readonly string[];
}
