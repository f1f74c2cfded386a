import type { Clock } from '../core/clock.ts';
import { isUnderWay } from './incident-machine.ts';
import type { Directory, Grant, Incident } from './model.ts';

/** Which grants hold at this moment: by their time, and by the configuration as it is now. */
export class Shares {
  readonly #clock: Clock;
  readonly #directory: Directory;
  /** `Clock.nowMs` at which a grant ends whatever the wall clock says: that can be set back. */
  readonly #deadlineMs = new WeakMap<Grant, number>();
  /** `expiresAt` as a number: it is asked for at every picture. */
  readonly #expiresUnixMs = new WeakMap<Grant, number>();

  constructor({ clock, directory }: { clock: Clock; directory: Directory }) {
    this.#clock = clock;
    this.#directory = directory;
  }

  /** The control room's grant, if it holds now, without cameras that no longer exist. */
  inForce(incident: Incident | undefined, controlRoom: string | undefined): Grant | undefined {
    if (!incident || !isUnderWay(incident) || controlRoom === undefined) return undefined;
    const grant = incident.grants.find((each) => each.controlRoom === controlRoom);
    if (!grant || this.isExpired(grant)) return undefined;
    return this.configured(grant);
  }

  /** What is left of a grant in the world as it is configured; undefined when its room is gone. */
  configured(grant: Grant): Grant | undefined {
    const { cameras, controlRooms } = this.#directory;
    if (!controlRooms.has(grant.controlRoom)) return undefined;
    if (grant.cameras.every((camera) => cameras.has(camera))) return grant;
    return { ...grant, cameras: grant.cameras.filter((camera) => cameras.has(camera)) };
  }

  isExpired(grant: Grant): boolean {
    return this.leftMs(grant) <= 0;
  }

  /** Milliseconds until it ends, by whichever clock is first. */
  leftMs(grant: Grant): number {
    const deadlineMs = this.#deadlineMs.get(grant) ?? Number.POSITIVE_INFINITY;
    return Math.min(this.#wallLeftMs(grant), deadlineMs - this.#clock.nowMs());
  }

  /** The incident was replaced. A grant that was changed, not renewed, keeps its deadline. */
  applied(before: Incident | undefined, incident: Incident): void {
    for (const grant of incident.grants) {
      if (this.#deadlineMs.has(grant)) continue;
      const former = before?.grants.find((each) => isSameTerm(each, grant));
      const kept = former && this.#deadlineMs.get(former);
      this.#deadlineMs.set(grant, kept ?? this.#clock.nowMs() + this.#wallLeftMs(grant));
    }
  }

  #wallLeftMs(grant: Grant): number {
    let expiresUnixMs = this.#expiresUnixMs.get(grant);
    if (expiresUnixMs === undefined) {
      expiresUnixMs = Date.parse(grant.expiresAt);
      this.#expiresUnixMs.set(grant, expiresUnixMs);
    }
    return expiresUnixMs - this.#clock.unixUs() / 1000;
  }
}

function isSameTerm(a: Grant, b: Grant): boolean {
  return a.controlRoom === b.controlRoom && a.expiresAt === b.expiresAt;
}
