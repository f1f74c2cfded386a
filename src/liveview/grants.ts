import { type Clock, rfc3339 } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import { type Actor, GATEWAY_ACTOR } from '../journal/record.ts';
import { isUnderWay } from './incident-machine.ts';
import { cameraWithin } from './known-camera.ts';
import { knownIncident } from './known-incident.ts';
import type { Happening, Ledger } from './ledger.ts';
import type { CameraInfo, Directory, Grant, Incident, RequestPolicies, Right } from './model.ts';
import type { Shares } from './shares.ts';

export interface GrantTerms {
  readonly cameras: readonly string[];
  readonly rights: readonly Right[];
  /** `directory.grantMinutes` unless told; a share without an end does not exist. */
  readonly expiresInMinutes?: number | undefined;
  readonly requests?: RequestPolicies | undefined;
}

/** What is taken away: from every control room unless one is named, every camera unless one is named. */
export interface Reach {
  readonly controlRoom?: string | undefined;
  readonly camera?: string | undefined;
}

export interface GrantsOptions {
  clock: Clock;
  ledger: Ledger;
  directory: Directory;
  shares: Shares;
}

/** A day; what lasts longer is renewed by an act. */
const MAX_GRANT_MINUTES = 1_440;

/** What is shared with control rooms. Checked against the configured world here, against the state by the ledger. */
export class Grants {
  readonly #clock: Clock;
  readonly #ledger: Ledger;
  readonly #directory: Directory;
  readonly #shares: Shares;

  constructor(options: GrantsOptions) {
    this.#clock = options.clock;
    this.#ledger = options.ledger;
    this.#directory = options.directory;
    this.#shares = options.shares;
  }

  /**
   * Replaces what the control room had.
   *
   * @throws LiveViewError also `camera-never-shared`, `camera-outside-hours`, `camera-not-for-type`
   */
  give(actor: Actor, id: string, controlRoom: string, terms: GrantTerms): Incident {
    const checked = this.checked(this.#incident(id), controlRoom, terms);
    const expiresAt = this.endIn(terms.expiresInMinutes);
    this.#ledger.record('grant.given', actor, id, { controlRoom, ...checked, expiresAt });
    return this.#incident(id);
  }

  /** What is shared with the control room now. */
  inForce(id: string, controlRoom: string): Grant | undefined {
    return this.#shares.inForce(this.#ledger.state.incidents.get(id), controlRoom);
  }

  /** Lasts for these minutes from now; a share is never made shorter by that. */
  extend(actor: Actor, id: string, controlRoom: string, minutes?: number): Incident {
    const incident = this.#incident(id);
    this.#checkRoom(controlRoom);
    const grant = this.#shares.inForce(incident, controlRoom);
    if (!grant) throw new LiveViewError('grant-expired', 'this share has ended; share anew');
    const expiresAt = this.endIn(minutes);
    if (Date.parse(expiresAt) <= Date.parse(grant.expiresAt)) return incident;
    this.#ledger.record('grant.extended', actor, id, { controlRoom, expiresAt });
    return this.#incident(id);
  }

  /**
   * One act, whatever it reaches, offers too. Nothing is recorded where there was nothing; what cannot be
   * recorded is withdrawn all the same.
   */
  withdraw(actor: Actor, id: string, { controlRoom, camera }: Reach): Incident {
    const incident = this.#incident(id);
    if (controlRoom !== undefined) this.#checkRoom(controlRoom);
    const offered = incident.offers?.filter(({ state }) => state === 'pending') ?? [];
    const reached = [...incident.grants, ...offered].some(
      (each) =>
        (controlRoom === undefined || each.controlRoom === controlRoom) &&
        (camera === undefined || each.cameras.includes(camera)),
    );
    if (!reached) return incident;
    const room = controlRoom === undefined ? {} : { controlRoom };
    const cameras = camera === undefined ? {} : { cameras: [camera] };
    this.#ledger.takeAway('grant.withdrawn', actor, id, { ...room, ...cameras });
    return this.#incident(id);
  }

  /**
   * Strikes out of the shares what the configuration or an owner's rule no longer covers: control
   * rooms, and cameras. When those return, they are shared anew by an act.
   *
   * @param sinceMs Unix time since which nobody could: what was over in between is not back by itself.
   */
  strikeOut(sinceMs?: number): void {
    const struck = [...this.#ledger.state.incidents.values()]
      .filter(isUnderWay)
      .flatMap((incident) =>
        incident.grants.flatMap((grant) => this.#struck(incident, grant, sinceMs)),
      );
    this.#ledger.concludeAll(struck);
  }

  /** Whether the owner of the camera lets it be shared in this incident at this moment. */
  mayBeShared(camera: CameraInfo, { type }: Pick<Incident, 'type'>): boolean {
    return this.#shares.ownerObjection(camera, type) === undefined;
  }

  /** What may be shared with the control room as these terms say, without what is said twice. */
  checked(incident: Incident, controlRoom: string, { cameras, rights, requests }: GrantTerms) {
    this.#checkRoom(controlRoom);
    if (!rights.includes('view')) {
      throw new LiveViewError('invalid-request', 'a share includes at least the right “view”');
    }
    for (const camera of cameras) this.#checkCamera(incident, camera);
    return {
      cameras: [...new Set(cameras)],
      rights: [...new Set(rights)],
      ...(requests === undefined ? {} : { requests }),
    };
  }

  /** RFC 3339; in `directory.grantMinutes` unless told. */
  endIn(minutes = this.#directory.grantMinutes): string {
    if (!(minutes > 0 && minutes <= MAX_GRANT_MINUTES)) {
      const reason = `a share lasts more than 0 and at most ${MAX_GRANT_MINUTES} minutes`;
      throw new LiveViewError('invalid-request', reason);
    }
    return rfc3339(this.#clock.unixUs() + minutes * 60_000_000);
  }

  #struck(incident: Incident, grant: Grant, sinceMs: number | undefined): Happening[] {
    const left = this.#shares.covered(incident, grant, sinceMs);
    if (left === grant) return [];
    const cameras = grant.cameras.filter((camera) => !left?.cameras.includes(camera));
    const gone = cameras.every((camera) => !this.#directory.cameras.has(camera));
    const data = {
      controlRoom: grant.controlRoom,
      ...(left === undefined ? {} : { cameras }),
      reason: left === undefined || gone ? 'not-configured' : 'owner-rule',
    };
    return [{ kind: 'grant.withdrawn', actor: GATEWAY_ACTOR, incident: incident.id, data }];
  }

  #incident(id: string): Incident {
    return knownIncident(this.#ledger.state, id);
  }

  #checkRoom(id: string): void {
    if (this.#directory.controlRooms.has(id)) return;
    throw new LiveViewError('unknown-control-room', `there is no control room ${id}`);
  }

  #checkCamera(incident: Incident, id: string): void {
    this.#shares.checkOwner(cameraWithin(this.#directory, incident, id), incident.type);
  }
}
