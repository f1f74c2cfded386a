import type { Clock } from '../core/clock.ts';
import { isUnderWay } from './incident-machine.ts';
import type { CameraInfo, Directory, Grant, Incident, IncidentType } from './model.ts';
import { type OwnerObjection, OwnerRules, ownerRefusal } from './owner-rules.ts';

/** A moment by both clocks. */
interface Anchor {
  readonly nowMs: number;
  readonly unixMs: number;
}

/** Which grants hold at this moment: by their time, by the configuration, and by the owners' rules. */
export class Shares {
  readonly #clock: Clock;
  readonly #directory: Directory;
  readonly #rules = new OwnerRules();
  /** Since when a grant counts: the wall clock can be set back, which prolongs nothing. */
  readonly #anchors = new WeakMap<Grant, Anchor>();
  /** `expiresAt` as a number: it is asked for at every picture. */
  readonly #expiresUnixMs = new WeakMap<Grant, number>();

  constructor({ clock, directory }: { clock: Clock; directory: Directory }) {
    this.#clock = clock;
    this.#directory = directory;
  }

  /** The control room's grant, if it holds now, with the cameras that it covers now. */
  inForce(incident: Incident | undefined, controlRoom: string | undefined): Grant | undefined {
    if (!incident || !isUnderWay(incident) || controlRoom === undefined) return undefined;
    const grant = incident.grants.find((each) => each.controlRoom === controlRoom);
    if (!grant || this.isExpired(grant)) return undefined;
    return this.covered(incident, grant);
  }

  /**
   * What is left of a grant, its time aside; undefined when its room is gone.
   *
   * @param sinceMs Unix time since which nobody looked at the hours of owners, if so.
   */
  covered({ type }: Pick<Incident, 'type'>, grant: Grant, sinceMs?: number): Grant | undefined {
    if (!this.#directory.controlRooms.has(grant.controlRoom)) return undefined;
    const covers = (camera: string) =>
      this.#isShown(camera, type, grant) &&
      (sinceMs === undefined || !this.#haveEnded(camera, sinceMs));
    if (grant.cameras.every(covers)) return grant;
    return { ...grant, cameras: grant.cameras.filter(covers) };
  }

  /** Whether the grant includes watching this camera now, its time aside. */
  covers({ type }: Pick<Incident, 'type'>, grant: Grant, camera: string): boolean {
    return (
      grant.rights.includes('view') &&
      grant.cameras.includes(camera) &&
      this.#directory.controlRooms.has(grant.controlRoom) &&
      this.#isShown(camera, type, grant)
    );
  }

  /** Why the owner of the camera does not let it be shared at this moment. */
  ownerObjection(camera: CameraInfo, type: IncidentType): OwnerObjection | undefined {
    const wallMs = this.#wallMs();
    return this.#rules.objection(camera, type, wallMs, wallMs);
  }

  /** @throws LiveViewError `camera-never-shared`, `camera-outside-hours`, `camera-not-for-type` */
  checkOwner(camera: CameraInfo, type: IncidentType): void {
    const objection = this.ownerObjection(camera, type);
    if (objection) throw ownerRefusal(objection, camera);
  }

  isExpired(grant: Grant): boolean {
    return this.leftMs(grant) <= 0;
  }

  /** Milliseconds until it ends, by whichever clock is first. */
  leftMs(grant: Grant): number {
    return this.#expiresAt(grant) - Math.max(this.#wallMs(), this.#steadyMs(grant));
  }

  /** The incident was replaced. A grant that was changed, not renewed, counts since when it did. */
  applied(before: Incident | undefined, incident: Incident): void {
    const now = { nowMs: this.#clock.nowMs(), unixMs: this.#wallMs() };
    for (const grant of incident.grants) {
      if (this.#anchors.has(grant)) continue;
      const former = before?.grants.find((each) => isSameTerm(each, grant));
      this.#anchors.set(grant, (former && this.#anchors.get(former)) ?? now);
    }
  }

  #isShown(id: string, type: IncidentType, grant: Grant): boolean {
    const camera = this.#directory.cameras.get(id);
    if (camera === undefined) return false;
    if (camera.sharing === undefined) return true;
    const [wallMs, steadyMs] = [this.#wallMs(), this.#steadyMs(grant)];
    return this.#rules.objection(camera, type, wallMs, steadyMs) === undefined;
  }

  #haveEnded(id: string, sinceMs: number): boolean {
    const camera = this.#directory.cameras.get(id);
    return camera !== undefined && this.#rules.haveEnded(camera, sinceMs, this.#wallMs());
  }

  #wallMs(): number {
    return this.#clock.unixUs() / 1000;
  }

  /** The Unix time by the clock that nobody sets, since the grant counts; ms. */
  #steadyMs(grant: Grant): number {
    const anchor = this.#anchors.get(grant);
    return anchor ? anchor.unixMs + this.#clock.nowMs() - anchor.nowMs : this.#wallMs();
  }

  #expiresAt(grant: Grant): number {
    const known = this.#expiresUnixMs.get(grant);
    if (known !== undefined) return known;
    const expiresUnixMs = Date.parse(grant.expiresAt);
    this.#expiresUnixMs.set(grant, expiresUnixMs);
    return expiresUnixMs;
  }
}

function isSameTerm(a: Grant, b: Grant): boolean {
  return a.controlRoom === b.controlRoom && a.expiresAt === b.expiresAt;
}
